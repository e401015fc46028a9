import type { WorkerOptions } from 'bullmq';

export interface JobDefinition<Payload> {
  /** The id never comes back, so that BullMQ never takes a new ring for one that it still keeps. */
  id(payload: Payload): string;
}

/** A queue as one object: its name and its jobs. What a job carries is the parameter of its id. */
export interface QueueDefinition {
  readonly name: string;
  readonly jobs: Readonly<Record<string, JobDefinition<never>>>;
}

export type JobName<Queue extends QueueDefinition> = keyof Queue['jobs'] & string;

export type JobPayload<Queue extends QueueDefinition, Name extends JobName<Queue>> = Parameters<
  Queue['jobs'][Name]['id']
>[0];

/** One handler for each job of a queue: a missing or a foreign one does not compile. */
export type JobHandlers<Queue extends QueueDefinition> = {
  [Name in JobName<Queue>]: (payload: JobPayload<Queue, Name>) => Promise<void>;
};

/** Finished jobs that stay for the dashboard. Harmless: a job id holds a dispatch number and is never used again. */
const KEPT_JOBS = 1_000;

/**
 * Of queues that only ring, on a connection for commands. Without it BullMQ asks for the server's version once, when a queue is
 * made, and a queue that gets no answer in time (a busy start is enough) never adds a job in the life of its process.
 */
export const RINGING_OPTIONS = { skipVersionCheck: true } as const;

/**
 * Every worker's settings. A stalled job does no harm, because its row decides, so stalls are never counted out. What stays is
 * said here once and not by every job, which carries its options through Redis and back: a fifteenth of what a job costs there.
 */
export const WORKER_OPTIONS = {
  lockDuration: 15_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
  removeOnComplete: { count: KEPT_JOBS },
  removeOnFail: { count: KEPT_JOBS },
} as const satisfies Partial<WorkerOptions>;

/** Runs the handler of a job. @throws Error when the queue holds a job of a name that this version does not know. */
export async function handleJob(
  handlers: Readonly<Record<string, (payload: never) => Promise<void>>>,
  job: { name: string; data: unknown },
): Promise<void> {
  const handler = handlers[job.name];
  if (!handler) throw new Error(`No handler for job ${job.name}: a newer version may have queued it.`);
  await handler(job.data as never);
}
