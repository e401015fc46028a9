import { RunAllowance } from '@troupe/agent';
import type { ClaimedRun } from '@troupe/database';

/** What a run has taken until now. */
export function allowanceOfRun({ taken, usage }: ClaimedRun): RunAllowance {
  const { requests = 0, toolCalls = 0 } = taken ?? {};
  return new RunAllowance({ requests, toolCalls, usage });
}
