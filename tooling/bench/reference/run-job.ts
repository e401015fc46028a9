/** The queue between gateway and worker. */
export const QUEUE = 'reference-runs';

/** A run on its way to a worker. */
export interface RunJob {
  run: string;
  thread: string;
  model: string;
  /** The Redis channel on which the gateway that asked listens, for all its runs. */
  channel: string;
}

/** What a worker tells of a run at one time. */
export interface RunEvent {
  run: string;
  /** Tokens, in order. */
  texts: string[];
  /** The run's last event, with what went wrong, if anything. */
  end?: { error?: string };
}
