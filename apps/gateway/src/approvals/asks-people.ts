import type { RunEvent, RunResult } from '@troupe/contracts';
import { parseFrames } from '@troupe/run-log';

/** Whether the event says that its run waits for nobody but people, or that one does which it called. */
export function isWaitForPeople(event: RunEvent): boolean {
  if (event.type === 'approval.requested') return event.data.run_id !== undefined;
  return event.type === 'run.waiting' && (event.data.kind === 'approval' || event.data.kind === 'input');
}

/** The same for the frames of several. */
export function tellsOfPeople(frames: string): boolean {
  // Most frames are text; those that cannot tell it are not parsed.
  if (!frames.includes('event: run.waiting') && !frames.includes('event: approval.requested')) return false;
  return parseFrames(frames).some(isWaitForPeople);
}

/** Whether the run stands still until people decide, or one does that it called. */
export function waitsForPeople({ run, approvals = [] }: RunResult): boolean {
  const { status, wait_kind } = run;
  if (status !== 'waiting' || approvals.length === 0) return false;
  return wait_kind === 'approval' || wait_kind === 'input' || approvals.some(({ run_id }) => run_id !== run.id);
}
