import { Inject, Injectable } from '@nestjs/common';
import {
  type AcceptedRun,
  type EventId,
  formatEventId,
  isTerminal,
  LOG_START,
  newId,
  type RunResult,
  TroupeError,
} from '@troupe/contracts';
import { type AcceptedRunRow, Database, readRun } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger } from '@troupe/observability';
import { type RunEventChunk, RunEventHub } from '@troupe/run-log';
import { tellsOfPeople, waitsForPeople } from '../approvals/asks-people.js';
import type { EventStream } from '../streaming/event-stream.js';
import { LastCall } from '../streaming/last-call.js';
import { LOGGER } from '../tokens.js';
import { RunIntake } from './run-intake.js';
import type { RunRequest } from './run-request.js';

/** `run.queued` is stored with the run; live events begin after it. */
const AFTER_QUEUED = { attempt: 0, n: 1 };

/** A run whose log is followed since before it was stored, so that nothing of it can be missed. */
export interface FollowedRun {
  accepted: AcceptedRunRow;
  /** Whether the log has ended (true) or was closed before (false); rejects never. */
  ended: Promise<boolean>;
  close: () => void;
}

/** Who is sent a run's events as frames: a response, or what makes another dialect of them. */
export type RunReader = Pick<EventStream, 'send' | 'end' | 'onClose' | 'drained'>;

/** Starts runs and follows them: what every route that starts a run shares. */
@Injectable()
export class RunService {
  readonly #database: Database;
  readonly #hub: RunEventHub;
  readonly #intake: RunIntake;
  readonly #lastCall: LastCall;
  readonly #logger: Logger;

  constructor(
    @Inject(Database) database: Database,
    @Inject(RunEventHub) hub: RunEventHub,
    @Inject(RunIntake) intake: RunIntake,
    @Inject(LastCall) lastCall: LastCall,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#hub = hub;
    this.#intake = intake;
    this.#lastCall = lastCall;
    this.#logger = logger;
  }

  /** Stores a run and rings for it; nobody follows. */
  async accept(request: RunRequest): Promise<{ accepted: AcceptedRun; replayed: boolean }> {
    const row = await this.#intake.store(request, newId(), this.#intake.enter(request));
    if (!row.replayed) this.#intake.ringFor(row, request);
    const { runId, threadId, replayed, steered, wait } = row;
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

  async #follow(request: RunRequest, onChunk: (chunk: RunEventChunk, runId: string) => void): Promise<FollowedRun> {
    const place = this.#intake.enter(request);
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
      const [accepted] = await Promise.all([this.#intake.store(request, runId, place), following.ready]);
      if (accepted.replayed) close();
      else this.#intake.ringFor(accepted, request);
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
