import type { Run } from '@troupe/contracts';

/** The status of a run with why it ended or what it waits for: `failed (poisoned)`. */
export function describeStatus({ status, stop_reason, wait_kind }: Run): string {
  const because = stop_reason ?? wait_kind;
  return because === null ? status : `${status} (${because})`;
}
