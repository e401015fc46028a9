import { type JsonValue, nearMatches, newId, TroupeError } from '@troupe/contracts';
import type { JobBackend, JobRecord, RunningJob } from '@troupe/spec';
import { MemoryJobBackend } from './memory-job-backend.js';

/** Where a queue keeps its jobs. */
export interface JobQueueOptions {
  /** Where jobs are kept: this process's memory unless told, or Redis (`troupe/bullmq`). */
  backend?: JobBackend;
}

/** What a handler is told of its job. */
export interface JobContext {
  id: string;
  /** Number of this try, 1 for the first. */
  attempt: number;
  /** Aborts when the worker was stopped and its grace is over. */
  signal: AbortSignal;
}

/** What it returns is the job's result; what it throws ends the try. */
export type JobHandler<Payload> = (
  payload: Payload,
  context: JobContext,
) => JsonValue | undefined | Promise<JsonValue | undefined> | Promise<void>;

/** When, and how often, a job is tried. */
export interface EnqueueOptions {
  /** How often it is tried at most; once unless told. */
  attempts?: number;
  /** Before its first try; none unless told. Milliseconds. */
  delayMs?: number;
  /** Before its second try, doubled before each further one; 1,000 unless told. Milliseconds. */
  backoffMs?: number;
}

const BACKOFF_MS = 1_000;
const CONCURRENCY = 5;

/** Work that is done later, by name: in this process, or by any that shares the backend. */
export class JobQueue {
  readonly #backend: JobBackend;
  readonly #handlers = new Map<string, JobHandler<never>>();
  #worker: { stop(): Promise<void>; leave: AbortController } | undefined;

  constructor({ backend = new MemoryJobBackend() }: JobQueueOptions = {}) {
    this.#backend = backend;
  }

  /**
   * Says who does the jobs of that name. Payloads are what `enqueue` was given, as JSON: check those of other processes.
   * @throws TroupeError `invalid_request` when the name has a handler.
   */
  handler<Payload extends JsonValue>(name: string, handle: JobHandler<Payload>): this {
    if (this.#handlers.has(name)) throw refused(`The job "${name}" has a handler already.`);
    this.#handlers.set(name, handle);
    return this;
  }

  /**
   * @returns the id of the job, for `getStatus`
   * @throws TroupeError `invalid_request` when the number of attempts or a time makes no sense
   */
  async enqueue(name: string, payload: JsonValue, options: EnqueueOptions = {}): Promise<string> {
    const { attempts = 1, delayMs = 0, backoffMs = BACKOFF_MS } = options;
    if (!Number.isSafeInteger(attempts) || attempts < 1)
      throw refused(`attempts is ${attempts}: it must be 1 or more.`);
    if (!(delayMs >= 0 && backoffMs >= 0)) throw refused('delayMs and backoffMs must be 0 or more.');
    const id = newId();
    await this.#backend.add({ id, name, payload, attempts, delayMs, backoffMs });
    return id;
  }

  /** Undefined: there is no such job, or it was over before the latest 1,000. */
  async getStatus(id: string): Promise<JobRecord | undefined> {
    return this.#backend.get(id);
  }

  /**
   * Begins to work the jobs.
   * @param concurrency jobs at once; 5 unless told
   * @throws TroupeError `invalid_request` when the worker runs already
   */
  async startWorker({ concurrency = CONCURRENCY }: { concurrency?: number } = {}): Promise<void> {
    if (this.#worker) throw refused('The worker of this queue runs already.');
    const leave = new AbortController();
    const stop = this.#backend.work((job) => this.#run(job, leave.signal), { concurrency });
    this.#worker = { stop, leave };
  }

  /**
   * Takes no more jobs and waits for those under way; the others stay in the queue.
   * @param graceMs after so long the signals of those under way abort; never unless told. Milliseconds.
   */
  async stopWorker({ graceMs }: { graceMs?: number } = {}): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#worker = undefined;
    const timer = graceMs === undefined ? undefined : setTimeout(() => worker.leave.abort(stopped()), graceMs);
    await worker.stop();
    clearTimeout(timer);
  }

  /** Stops the worker and gives up the backend's connections. */
  async close(): Promise<void> {
    await this.stopWorker();
    await this.#backend.close();
  }

  async #run({ id, name, payload, attempt }: RunningJob, signal: AbortSignal): Promise<JsonValue> {
    const handle = this.#handlers.get(name);
    if (!handle) throw this.#unknown(name);
    return (await handle(payload as never, { id, attempt, signal })) ?? null;
  }

  #unknown(name: string): TroupeError {
    const near = nearMatches(name, this.#handlers.keys());
    const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Call handler() before startWorker().';
    return refused(`No handler for the job "${name}". ${advice}`);
  }
}

function refused(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}

function stopped(): TroupeError {
  return new TroupeError({
    code: 'server_stopping',
    fault: 'server',
    retryable: true,
    message: 'The worker of the queue was stopped.',
  });
}
