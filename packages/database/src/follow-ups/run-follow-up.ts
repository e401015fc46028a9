import type { Database } from '../database.js';
import type { LedgerRow } from '../usage/ledger-row.js';
import { type ClaimedFollowUp, claimFollowUp } from './claim-follow-up.js';
import { type FollowUpResult, finishFollowUp, retryFollowUp } from './finish-follow-up.js';

/** What the work on a task came to. */
export interface FollowUpWork {
  result: FollowUpResult;
  ledger: LedgerRow[];
}

/** Longer than any model call for a title, facts or a summary should take. */
const LEASE_SECONDS = 180;

/**
 * Claims a task, works on it and stores the result under the claim. A task that fails is put back with a pause. Does
 * nothing when the task is taken or done.
 * @throws what `work` threw, after the task was put back.
 */
export async function runFollowUp(
  database: Database,
  taskId: string,
  work: (task: ClaimedFollowUp) => Promise<FollowUpWork>,
): Promise<void> {
  const task = await claimFollowUp(database, taskId, LEASE_SECONDS);
  if (!task) return;
  try {
    const { result, ledger } = await work(task);
    await finishFollowUp(database, task, result, ledger);
  } catch (error) {
    await retryFollowUp(database, task, error instanceof Error ? error.message : String(error));
    throw error;
  }
}
