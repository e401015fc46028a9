import type { JsonValue } from '@troupe/contracts';
import type { JobBackend, JobRecord, JobState, NewJob, RunningJob } from '@troupe/spec';
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** Where jobs are kept, and under which names. */
export interface BullJobBackendOptions {
  /** Of Redis: `redis://…`. */
  url: string;
  /** Processes that name the same one share their jobs; `jobs` unless told. */
  queueName?: string;
  /** Told once each time Redis goes away; a warning of the process unless told. */
  onTrouble?(error: Error): void;
}

/** Jobs that are over and stay, so that their results can be read: completed ones, and failed ones. */
const KEPT_JOBS = 1_000;

const STATES: Record<string, JobState> = { active: 'processing', completed: 'completed', failed: 'failed' };

/**
 * Jobs in Redis: they outlive their process, and all processes with the same queue name work them. A job whose process died is
 * begun again by another one, once.
 */
export class BullJobBackend implements JobBackend {
  readonly #options: BullJobBackendOptions;
  readonly #commands: Redis;
  readonly #queue: Queue;

  constructor(options: BullJobBackendOptions) {
    this.#options = options;
    // One retry, so that who wants a job done learns soon that Redis is away.
    this.#commands = connect(options, 1);
    this.#queue = new Queue(queueName(options), { connection: this.#commands, skipWaitingForReady: true });
    this.#queue.on('error', ignore);
  }

  async add({ id, name, payload, attempts, delayMs, backoffMs }: NewJob): Promise<void> {
    await this.#queue.add(name, payload, {
      jobId: id,
      attempts,
      delay: delayMs,
      backoff: { type: 'exponential', delay: backoffMs },
      removeOnComplete: { count: KEPT_JOBS },
      removeOnFail: { count: KEPT_JOBS },
    });
  }

  async get(id: string): Promise<JobRecord | undefined> {
    // The state first: what is read of the job after it is there at least.
    const status = STATES[await this.#queue.getJobState(id)] ?? 'pending';
    const job: Job | undefined = await this.#queue.getJob(id);
    if (!job) return undefined;
    return {
      id,
      name: job.name,
      payload: job.data,
      status,
      attempts: job.attemptsStarted,
      ...(status === 'completed' && { result: job.returnvalue }),
      ...(status === 'failed' && { error: job.failedReason }),
    };
  }

  work(run: (job: RunningJob) => Promise<JsonValue>, { concurrency }: { concurrency: number }): () => Promise<void> {
    const connection = connect(this.#options, null);
    const worker = new Worker(
      queueName(this.#options),
      ({ id = '', name, data, attemptsStarted }: Job) => run({ id, name, payload: data, attempt: attemptsStarted }),
      { connection, concurrency },
    );
    worker.on('error', ignore);
    return async () => {
      await worker.close();
      connection.disconnect();
    };
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#commands.disconnect();
  }
}

function queueName({ queueName: name = 'jobs' }: BullJobBackendOptions): string {
  return name;
}

/** @param retries of a command while Redis is away; null: for ever, as BullMQ's workers want it */
function connect(
  { url, onTrouble = (error) => process.emitWarning(error) }: BullJobBackendOptions,
  retries: number | null,
) {
  const redis = new Redis(url, { maxRetriesPerRequest: retries });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) onTrouble(error);
    away = true;
  });
  return redis.on('ready', () => {
    away = false;
  });
}

/** The connection has told of it, and BullMQ repeats it with every try to reconnect. */
function ignore(): void {}
