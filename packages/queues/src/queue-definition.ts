import type { JobsOptions } from 'bullmq';

/** A queue as one object: its name, its jobs with their payloads, their options. */
export interface QueueDefinition<Jobs extends Record<string, unknown>> {
  readonly name: string;
  /** Key: the job's name. The id never comes back, so that BullMQ never takes a new ring for an old one. */
  readonly jobs: { readonly [Name in keyof Jobs]: { id(payload: Jobs[Name]): string; options?: JobsOptions } };
}

/** One handler for each job of a queue: a missing or a foreign one does not compile. */
export type JobHandlers<Definition> =
  Definition extends QueueDefinition<infer Jobs>
    ? { [Name in keyof Jobs]: (payload: Jobs[Name]) => Promise<void> }
    : never;

/** Finished jobs that stay for the dashboard. Harmless: a job id holds a dispatch number and is never used again. */
const KEPT_JOBS = 1_000;

/** Every queue's settings. Retries are the database's business: a job is a doorbell and is rung once. */
export const QUEUE_JOB_OPTIONS: JobsOptions = {
  attempts: 1,
  removeOnComplete: { count: KEPT_JOBS },
  removeOnFail: { count: KEPT_JOBS },
};

/** Every worker's settings; a stalled job is harmless because the run row decides, so stalls are never counted out. */
export const WORKER_OPTIONS = {
  lockDuration: 15_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
} as const;
