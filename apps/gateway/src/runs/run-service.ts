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
import {
  type AcceptedRunRow,
  type AcceptRunInput,
  acceptContinuedRun,
  acceptOnNewThreads,
  acceptRun,
  type CancelledSubrun,
  cancelRun,
  cancelSubruns,
  Database,
  Gatherer,
  readRun,
  TenantWeights,
} from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger } from '@troupe/observability';
import { FairLine, llmQueue, ring, signalCancel } from '@troupe/queues';
import { type RunEventChunk, RunEventHub, RunEventPublisher } from '@troupe/run-log';
import type { ModelCatalog } from '@troupe/spec';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { tellsOfPeople, waitsForPeople } from '../approvals/asks-people.js';
import { Admission } from '../backpressure/admission.js';
import type { Place } from '../backpressure/queue-depth.js';
import type { GatewayOptions } from '../gateway-dependencies.js';
import type { EventStream } from '../streaming/event-stream.js';
import { LastCall } from '../streaming/last-call.js';
import { COMMANDS, DEFAULT_AGENT, LOGGER, MODELS, OPTIONS } from '../tokens.js';
import type { RunRequest } from './run-request.js';
import { ThreadLine } from './thread-line.js';

/** `run.queued` is stored with the run; live events begin after it. */
const AFTER_QUEUED = { attempt: 0, n: 1 };

/** How many runs one statement stores, at most. */
const MOST_TOGETHER = 16;

/** A run whose log is followed since before it was stored, so that nothing of it can be missed. */
export interface FollowedRun {
  accepted: AcceptedRunRow;
  /** Whether the log has ended (true) or was closed before (false); rejects never. */
  ended: Promise<boolean>;
  close: () => void;
}

/** Who is sent a run's events as frames: a response, or what makes another dialect of them. */
export type RunReader = Pick<EventStream, 'send' | 'end' | 'onClose' | 'drained'>;

/** Accepts runs, rings for them, and follows them: what every route that starts a run shares. */
@Injectable()
export class RunService {
  readonly #database: Database;
  /** New threads stand in nobody's way: what is accepted on them at about the same time is stored together. */
  readonly #newThreads: Gatherer<AcceptRunInput, AcceptedRunRow | undefined>;
  readonly #hub: RunEventHub;
  readonly #publisher: RunEventPublisher;
  readonly #queue: Queue;
  readonly #models: ModelCatalog;
  readonly #options: GatewayOptions;
  readonly #defaultAgent: string;
  readonly #lastCall: LastCall;
  readonly #admission: Admission;
  readonly #line: ThreadLine;
  readonly #logger: Logger;
  readonly #weights: TenantWeights;
  readonly #fairLine: FairLine;
  readonly #commands: Redis;

  constructor(
    @Inject(Database) database: Database,
    @Inject(RunEventHub) hub: RunEventHub,
    @Inject(RunEventPublisher) publisher: RunEventPublisher,
    @Inject(getQueueToken(llmQueue.name)) queue: Queue,
    @Inject(MODELS) models: ModelCatalog,
    @Inject(OPTIONS) options: GatewayOptions,
    @Inject(DEFAULT_AGENT) defaultAgent: string,
    @Inject(LastCall) lastCall: LastCall,
    @Inject(Admission) admission: Admission,
    @Inject(ThreadLine) line: ThreadLine,
    @Inject(LOGGER) logger: Logger,
    @Inject(COMMANDS) commands: Redis,
  ) {
    this.#database = database;
    this.#newThreads = new Gatherer({
      together: (inputs) => acceptOnNewThreads(database, inputs),
      most: MOST_TOGETHER,
    });
    this.#weights = new TenantWeights(database);
    this.#hub = hub;
    this.#publisher = publisher;
    this.#queue = queue;
    this.#models = models;
    this.#options = options;
    this.#defaultAgent = defaultAgent;
    this.#lastCall = lastCall;
    this.#admission = admission;
    this.#line = line;
    this.#logger = logger;
    this.#commands = commands;
    this.#fairLine = new FairLine(commands, llmQueue.name);
  }

  /** Stores a run and rings for it; nobody follows. */
  async accept(request: RunRequest): Promise<{ accepted: AcceptedRun; replayed: boolean }> {
    const place = this.#admission.enterQueue(request.caller.tenantId);
    const { runId, threadId, replayed, steered, wait } = this.#ringFor(
      await this.#store(request, newId(), place),
      request,
    );
    const ids = { run_id: runId, thread_id: threadId };
    if (!replayed && !steered) return { accepted: { ...ids, status: wait ? 'waiting' : 'queued' }, replayed };
    const { run } = await readRun(this.#database, request.caller.tenantId, runId);
    return { accepted: { ...ids, status: run.status, ...(steered && { steered }) }, replayed };
  }

  /**
   * Stores a run, and answers when it has ended or waits for people: they may take days. Throws the signal's reason when it
   * aborts; the run goes on.
   * @throws TroupeError `server_stopping` with the run's id when this process stops first; the run goes on.
   */
  async wait(request: RunRequest, gone: AbortSignal): Promise<{ result: RunResult; replayed: boolean }> {
    const stands = Promise.withResolvers<RunResult>();
    const run = await this.#follow(request, ({ frames }, runId) => {
      if (tellsOfPeople(frames)) this.#lookForPeople(request, runId, stands.resolve);
    });
    const { replayed } = run.accepted;
    if (replayed) return { result: await this.#replay(request, run.accepted.runId), replayed };
    gone.addEventListener('abort', run.close, { once: true });
    if (gone.aborted) run.close();
    const forget = this.#lastCall.onCall(run.close);
    const ended = await Promise.race([run.ended, stands.promise]);
    forget();
    gone.throwIfAborted();
    if (typeof ended === 'object') {
      run.close();
      return { result: ended, replayed };
    }
    if (!ended) throw serverStopping(run.accepted);
    return { result: await readRun(this.#database, request.caller.tenantId, run.accepted.runId), replayed };
  }

  /** Stores a run, opens the response once it is stored, and goes on to send its events as they come. */
  async stream(request: RunRequest, open: (accepted: AcceptedRunRow) => RunReader): Promise<void> {
    let stream: RunReader | undefined;
    const early: RunEventChunk[] = [];
    const run = await this.#follow(request, (chunk) => {
      if (stream) sendChunk(stream, chunk);
      else early.push(chunk);
    });
    stream = open(run.accepted);
    failpoint('stream.before-frames');
    stream.onClose(() => run.close());
    if (run.accepted.replayed || run.accepted.steered) {
      run.close();
      this.follow(run.accepted.runId, stream, LOG_START);
      return;
    }
    const frames = queuedFrame(run.accepted) + early.map((chunk) => chunk.frames).join('');
    sendChunk(stream, { frames, terminal: early.at(-1)?.terminal ?? false });
  }

  /** Sends a stored run's events after the cursor, those to come included, and ends with the log. */
  follow(runId: string, stream: RunReader, after: EventId): void {
    const following = this.#hub.follow(runId, {
      after,
      onChunk: (chunk) => {
        sendChunk(stream, chunk);
        return stream.drained();
      },
      onError: (error) => this.#logger.warn({ err: error, run: runId }, 'events cannot be read for now'),
    });
    stream.onClose(() => following.close());
  }

  /** Cancels a run; one that is running is ended by its worker: at once, or within a heartbeat if it does not hear of it. */
  async cancel(tenantId: string, runId: string): Promise<RunResult> {
    const { event, threadToAdvance } = await cancelRun(this.#database, tenantId, runId);
    failpoint('cancel.after-commit');
    // Also where this call ended the run: a tool of it may be at work.
    this.#database.afterCommit(() => signalCancel(this.#commands, runId));
    if (event) {
      for (const subrun of await cancelSubruns(this.#database, runId)) this.#tellOfCancel(subrun);
      const cancelled: RunEventBody = { type: 'run.cancelled', data: { run_id: runId } };
      this.#database.afterCommit(() => this.#publisher.publishStored(runId, cancelled, event));
    }
    if (threadToAdvance !== undefined) this.#database.afterCommit(() => this.#line.advance(threadToAdvance));
    return readRun(this.#database, tenantId, runId);
  }

  #tellOfCancel({ runId, event }: CancelledSubrun): void {
    this.#database.afterCommit(() => signalCancel(this.#commands, runId));
    if (!event) return;
    const cancelled: RunEventBody = { type: 'run.cancelled', data: { run_id: runId } };
    this.#database.afterCommit(() => this.#publisher.publishStored(runId, cancelled, event));
  }

  async #follow(request: RunRequest, onChunk: (chunk: RunEventChunk, runId: string) => void): Promise<FollowedRun> {
    const place = this.#admission.enterQueue(request.caller.tenantId);
    const runId = newId();
    const ended = Promise.withResolvers<boolean>();
    const follow = (id: string, from: { after: EventId; fresh?: boolean }) =>
      this.#hub.follow(id, {
        ...from,
        onChunk: (chunk) => {
          onChunk(chunk, id);
          if (chunk.terminal) finish(true);
        },
        onError: (error) => this.#logger.warn({ err: error, run: id }, 'events cannot be read for now'),
      });
    let following = follow(runId, { after: AFTER_QUEUED, fresh: true });
    const finish = (logEnded: boolean) => {
      following.close();
      ended.resolve(logEnded);
    };
    const close = () => finish(false);
    try {
      const [accepted] = await Promise.all([this.#store(request, runId, place), following.ready]);
      if (accepted.replayed) close();
      else this.#ringFor(accepted, request);
      if (accepted.steered && !accepted.replayed) {
        // The message went to another run, whose log may be long begun.
        following.close();
        following = follow(accepted.runId, { after: LOG_START });
      }
      return { accepted, ended: ended.promise, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  #store(request: RunRequest, runId: string, place: Place): Promise<AcceptedRunRow> {
    return place.fill(
      () => this.#acceptRun(request, runId),
      ({ replayed, steered }) => !replayed && !steered,
    );
  }

  async #acceptRun(request: RunRequest, runId: string): Promise<AcceptedRunRow> {
    if (request.model !== null) this.#models.resolve(request.model);
    for (const fallback of request.options?.fallback_models ?? []) this.#models.resolve(fallback);
    failpoint('accept.before-commit');
    const input: AcceptRunInput = {
      runId,
      tenantId: request.caller.tenantId,
      userId: request.userId,
      thread: request.thread,
      agent: request.agent,
      defaultAgent: this.#defaultAgent,
      model: request.model,
      defaultModel: this.#models.defaultModel,
      content: request.content,
      deadlineSeconds: this.#options.deadlineSeconds,
      multitaskStrategy: request.multitaskStrategy,
      options: {
        ...request.options,
        ...(request.model !== null && { model: request.model }),
        api_key_id: request.caller.keyId,
      },
      idempotency: request.idempotency,
    };
    const { earlier = [] } = request;
    if (earlier.length > 0) return acceptContinuedRun(this.#database, input, earlier);
    const alone = input.thread.type !== 'new' || this.#database.inTransaction;
    const accepted = alone ? undefined : await this.#newThreads.add(input);
    return accepted ?? acceptRun(this.#database, input);
  }

  #ringFor(accepted: AcceptedRunRow, { caller, options }: RunRequest): AcceptedRunRow {
    if (accepted.replayed || accepted.steered) return accepted;
    failpoint('accept.after-commit');
    if (accepted.wait) {
      this.#line.advance(accepted.threadId);
      return accepted;
    }
    const onError = (error: unknown) => this.#logger.debug({ err: error }, 'a ring was lost; a worker will look');
    const { tenantId } = caller;
    const waiting = this.#admission.waiting;
    const background = options?.background === true;
    const job = { run_id: accepted.runId, step: 0, dispatch: 1 };
    const newcomer = { tenant: tenantId, weight: this.#weights.of(tenantId), background, waiting };
    void this.#fairLine
      .join(newcomer)
      .then((priority) => ring(this.#queue, llmQueue, 'advance-run', job, { priority, onError }));
    failpoint('accept.after-ring');
    return accepted;
  }

  /** By the time that the run is read, people may have decided already. */
  #lookForPeople({ caller }: RunRequest, runId: string, found: (result: RunResult) => void): void {
    readRun(this.#database, caller.tenantId, runId).then(
      (result) => {
        if (waitsForPeople(result)) found(result);
      },
      (error: unknown) => this.#logger.warn({ err: error, run: runId }, 'a run that waits cannot be read for now'),
    );
  }

  /** The answer to a request that was sent before: as it was, or a conflict while it is being made. */
  async #replay({ caller }: RunRequest, runId: string): Promise<RunResult> {
    const result = await readRun(this.#database, caller.tenantId, runId);
    if (isTerminal(result.run.status) || waitsForPeople(result)) return result;
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

/** The end in the same moment as the last events, so that both leave with one write. */
function sendChunk(stream: RunReader, { frames, terminal }: Pick<RunEventChunk, 'frames' | 'terminal'>): void {
  stream.send(frames);
  if (!terminal) return;
  failpoint('stream.before-end');
  stream.end();
}

function serverStopping({ runId, threadId }: AcceptedRunRow): TroupeError {
  return new TroupeError({
    code: 'server_stopping',
    fault: 'server',
    message: `This server is stopping; run ${runId} goes on. Read its answer at /api/runs/${runId}, or follow it at /api/runs/${runId}/events.`,
    retryable: true,
    retryAfterMs: 1_000,
    details: { run_id: runId, thread_id: threadId },
  });
}

function queuedFrame({ runId, threadId, agent, wait }: AcceptedRunRow): string {
  const data = JSON.stringify({
    run_id: runId,
    thread_id: threadId,
    agent,
    ...(wait?.behind && { behind: wait.behind }),
  });
  return `event: run.queued\nid: ${formatEventId(AFTER_QUEUED)}\ndata: ${data}\n\n`;
}
