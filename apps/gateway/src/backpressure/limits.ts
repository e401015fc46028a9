/** What a gateway takes before it refuses. */
export interface Limits {
  /** Runs of one tenant that may wait for a worker. */
  queuedRunsPerTenant: number;
  /** Runs of all tenants that may wait for a worker. */
  queuedRuns: number;
  /** How long requests may wait for a connection of the pool, in milliseconds. */
  connectionWaitMs: number;
  /** Delay of the event loop that may last, in milliseconds. */
  eventLoopDelayMs: number;
}
