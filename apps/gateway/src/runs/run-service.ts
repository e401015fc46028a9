import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import {
  type AcceptedRun,
  type EventId,
  formatEventId,
  isTerminal,
  LOG_START,
  newId,
  type RunEventBody,
  type RunResult,
  TroupeError,
} from '@troupe/contracts';
import { type AcceptedRunRow, acceptRun, cancelRun, Database, readRun } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { llmQueue, ring } from '@troupe/queues';
import { RunEventHub, RunEventPublisher } from '@troupe/run-log';
import type { ModelCatalog } from '@troupe/spec';
import type { Queue } from 'bullmq';
import type { GatewayOptions } from '../gateway-dependencies.js';
import type { EventStream } from '../streaming/event-stream.js';
import { DEFAULT_AGENT, LOGGER, MODELS, OPTIONS } from '../tokens.js';
import type { RunRequest } from './run-request.js';

/** `run.queued` is stored with the run; live events begin after it. */
const AFTER_QUEUED = { attempt: 0, n: 1 };

/** A run whose log is followed since before it was stored, so that nothing of it can be missed. */
export interface FollowedRun {
  accepted: AcceptedRunRow;
  /** Resolves when the log has ended or was closed; rejects never. */
  ended: Promise<void>;
  close: () => void;
}

/** Accepts runs, rings for them, and follows them: what every route that starts a run shares. */
@Injectable()
export class RunService {
  readonly #database: Database;
  readonly #hub: RunEventHub;
  readonly #publisher: RunEventPublisher;
  readonly #queue: Queue;
  readonly #models: ModelCatalog;
  readonly #options: GatewayOptions;
  readonly #defaultAgent: string;
  readonly #logger: Logger;

  constructor(
    @Inject(Database) database: Database,
    @Inject(RunEventHub) hub: RunEventHub,
    @Inject(RunEventPublisher) publisher: RunEventPublisher,
    @Inject(getQueueToken(llmQueue.name)) queue: Queue,
    @Inject(MODELS) models: ModelCatalog,
    @Inject(OPTIONS) options: GatewayOptions,
    @Inject(DEFAULT_AGENT) defaultAgent: string,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#hub = hub;
    this.#publisher = publisher;
    this.#queue = queue;
    this.#models = models;
    this.#options = options;
    this.#defaultAgent = defaultAgent;
    this.#logger = logger;
  }

  /** Stores a run and rings for it; nobody follows. */
  async accept(request: RunRequest): Promise<AcceptedRun> {
    const { runId, threadId, replayed } = this.#ringFor(await this.#store(request, newId()));
    if (!replayed) return { run_id: runId, thread_id: threadId, status: 'queued' };
    const { run } = await readRun(this.#database, request.caller.tenantId, runId);
    return { run_id: runId, thread_id: threadId, status: run.status };
  }

  /** Stores a run, and answers when it has ended. Throws the signal's reason when it aborts; the run goes on. */
  async wait(request: RunRequest, gone: AbortSignal): Promise<RunResult> {
    const run = await this.#follow(request, () => undefined);
    if (run.accepted.replayed) return this.#replay(request, run.accepted.runId);
    gone.addEventListener('abort', run.close, { once: true });
    if (gone.aborted) run.close();
    await run.ended;
    gone.throwIfAborted();
    return readRun(this.#database, request.caller.tenantId, run.accepted.runId);
  }

  /** Stores a run, opens the response once it is stored, and sends its events as they come. */
  async stream(request: RunRequest, open: (accepted: AcceptedRunRow) => EventStream): Promise<void> {
    let stream: EventStream | undefined;
    const early: string[] = [];
    const run = await this.#follow(request, (frames) => {
      if (stream) stream.send(frames);
      else early.push(frames);
    });
    stream = open(run.accepted);
    stream.onClose(() => run.close());
    if (run.accepted.replayed) {
      run.close();
      this.follow(run.accepted.runId, stream, { after: LOG_START });
      return;
    }
    stream.send(queuedFrame(run.accepted) + early.join(''));
    await run.ended;
    stream.end();
  }

  /** Sends a stored run's events after the cursor, those to come included, and ends with the log. */
  follow(runId: string, stream: EventStream, { after, ended = false }: { after: EventId; ended?: boolean }): void {
    const following = this.#hub.follow(runId, {
      after,
      ended,
      onChunk: ({ frames, terminal }) => {
        stream.send(frames);
        if (terminal) stream.end();
      },
      onError: (error) => this.#logger.warn({ err: error, run: runId }, 'events cannot be read for now'),
    });
    stream.onClose(() => following.close());
  }

  /** Cancels a run; one that is running is ended by its worker, within a heartbeat. */
  async cancel(tenantId: string, runId: string): Promise<RunResult> {
    const { event } = await cancelRun(this.#database, tenantId, runId);
    if (event) {
      const cancelled: RunEventBody = { type: 'run.cancelled', data: { run_id: runId } };
      this.#publisher.publishStored(runId, cancelled, event, LOG_START);
    }
    return readRun(this.#database, tenantId, runId);
  }

  async #follow(request: RunRequest, onFrames: (frames: string) => void): Promise<FollowedRun> {
    const runId = newId();
    const ended = Promise.withResolvers<void>();
    const following = this.#hub.follow(runId, {
      after: AFTER_QUEUED,
      fresh: true,
      onChunk: ({ frames, terminal }) => {
        onFrames(frames);
        if (terminal) finish();
      },
      onError: (error) => this.#logger.warn({ err: error, run: runId }, 'events cannot be read for now'),
    });
    const finish = () => {
      following.close();
      ended.resolve();
    };
    try {
      const [accepted] = await Promise.all([this.#store(request, runId), following.ready]);
      if (accepted.replayed) finish();
      else this.#ringFor(accepted);
      return { accepted, ended: ended.promise, close: finish };
    } catch (error) {
      finish();
      throw error;
    }
  }

  async #store(request: RunRequest, runId: string): Promise<AcceptedRunRow> {
    if (request.model !== null) this.#models.resolve(request.model);
    return acceptRun(this.#database, {
      runId,
      tenantId: request.caller.tenantId,
      userId: request.userId,
      thread: request.thread,
      agent: request.agent,
      defaultAgent: this.#defaultAgent,
      model: request.model,
      defaultModel: this.#models.defaultModel,
      content: [{ type: 'text', text: request.message }],
      deadlineSeconds: this.#options.deadlineSeconds,
      idempotency: request.idempotency,
    });
  }

  #ringFor(accepted: AcceptedRunRow): AcceptedRunRow {
    if (accepted.replayed) return accepted;
    const onError = (error: unknown) => this.#logger.debug({ err: error }, 'a ring was lost; a worker will look');
    void ring(this.#queue, llmQueue, 'advance-run', { run_id: accepted.runId, step: 0, dispatch: 1 }, { onError });
    return accepted;
  }

  /** The answer to a request that was sent before: as it was, or a conflict while it is being made. */
  async #replay({ caller }: RunRequest, runId: string): Promise<RunResult> {
    const result = await readRun(this.#database, caller.tenantId, runId);
    if (isTerminal(result.run.status)) return result;
    throw new TroupeError({
      code: 'idempotency_key_in_use',
      fault: 'caller',
      message: `Run ${runId} of the first request with this Idempotency-Key has not ended. Follow it at /api/runs/${runId}/events.`,
      retryable: true,
      retryAfterMs: 1_000,
      details: { run_id: runId },
    });
  }
}

function queuedFrame({ runId, threadId, agent }: AcceptedRunRow): string {
  const data = JSON.stringify({ run_id: runId, thread_id: threadId, agent });
  return `event: run.queued\nid: ${formatEventId(AFTER_QUEUED)}\ndata: ${data}\n\n`;
}
