import type { JsonValue } from '@troupe/contracts';

/** `pending`: it waits, for its first try or for another one. */
export type JobState = 'pending' | 'processing' | 'completed' | 'failed';

/** A job that is to be kept until it is done. */
export interface NewJob {
  id: string;
  name: string;
  payload: JsonValue;
  /** How often it is tried at most. */
  attempts: number;
  /** Before its first try. Milliseconds. */
  delayMs: number;
  /** Before its second try; twice as long before each further one. Milliseconds. */
  backoffMs: number;
}

/** A job as it stands. */
export interface JobRecord {
  id: string;
  name: string;
  payload: JsonValue;
  status: JobState;
  /** Tries that were begun. */
  attempts: number;
  /** What its handler returned; of a completed job. */
  result?: JsonValue;
  /** What its last try threw; of a failed job. */
  error?: string;
}

/** A job that a worker has taken. */
export interface RunningJob {
  id: string;
  name: string;
  payload: JsonValue;
  /** Number of this try, 1 for the first. */
  attempt: number;
}

/** Where a queue keeps its jobs, and who takes them out. */
export interface JobBackend {
  add(job: NewJob): Promise<void>;

  /** Undefined: there never was one, or it is over and long forgotten. */
  get(id: string): Promise<JobRecord | undefined>;

  /**
   * Takes jobs and runs them, so many at once, until it is stopped. What `run` throws ends a try.
   * @returns takes no more jobs, and resolves when those under way have ended
   */
  work(run: (job: RunningJob) => Promise<JsonValue>, options: { concurrency: number }): () => Promise<void>;

  /** Gives up its connections. */
  close(): Promise<void>;
}
