import type { EndingStep } from './end-process.js';

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, which the next start recovers from. */
export const postgresEnding: readonly EndingStep[] = [
  { signal: 'SIGINT', waitMs: 5000 },
  { signal: 'SIGQUIT', waitMs: 1000 },
  { signal: 'SIGKILL', waitMs: 1000 },
];

/** On SIGTERM Redis writes and syncs its append-only file before it ends. */
export const redisEnding: readonly EndingStep[] = [
  { signal: 'SIGTERM', waitMs: 5000 },
  { signal: 'SIGKILL', waitMs: 1000 },
];

/** A leftover app has lost its launcher and is stopping by itself already. */
export const appEnding: readonly EndingStep[] = [
  { signal: 'SIGTERM', waitMs: 3000 },
  { signal: 'SIGKILL', waitMs: 1000 },
];
