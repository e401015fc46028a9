import type { RunStatus } from '@troupe/contracts';

/** Keys of a record, so that a status that is missing here does not compile. */
const STATUSES: Record<RunStatus, true> = {
  queued: true,
  running: true,
  waiting: true,
  completed: true,
  failed: true,
  cancelled: true,
  expired: true,
};

/** Every status of a run, for the API document. */
export const RUN_STATUSES = Object.keys(STATUSES);
