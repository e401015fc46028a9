import type { Database } from '../database.js';
import { type ClaimedFollowUp, claimFollowUps } from './claim-follow-ups.js';
import { type FollowUpWork, finishFollowUps, retryFollowUp } from './finish-follow-ups.js';

/** Longer than any model call for a title, facts or a summary should take. */
const LEASE_SECONDS = 180;

/**
 * Claims the tasks, works on all of them at once and stores the results together. A task that fails is put back with a
 * pause; tasks that are taken or done are left alone.
 * @throws AggregateError of what `work` threw, after the others were stored and the failed ones put back.
 */
export async function runFollowUps(
  database: Database,
  taskIds: readonly string[],
  work: (task: ClaimedFollowUp) => Promise<FollowUpWork>,
): Promise<void> {
  const tasks = await claimFollowUps(database, taskIds, LEASE_SECONDS);
  const outcomes = await Promise.allSettled(tasks.map(work));
  const done: { task: ClaimedFollowUp; work: FollowUpWork }[] = [];
  const failed: { task: ClaimedFollowUp; error: unknown }[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const task = tasks[index];
    if (!task) continue;
    if (outcome.status === 'fulfilled') done.push({ task, work: outcome.value });
    else failed.push({ task, error: outcome.reason });
  }
  if (done.length > 0) await finishFollowUps(database, done);
  for (const { task, error } of failed) {
    await retryFollowUp(database, task, error instanceof Error ? error.message : String(error));
  }
  if (failed.length > 0) {
    const errors = failed.map(({ error }) => error);
    throw new AggregateError(errors, `${failed.length} of ${tasks.length} tasks failed and are put back.`);
  }
}
