import type { Queryable } from '../database.js';
import type { CommittedStep } from './step-commit.js';

const READ_COMMIT = {
  name: 'read-commit',
  text: `SELECT dispatch, step, cancel_requested_at IS NOT NULL AS "cancelRequested", paused_at IS NOT NULL AS paused,
      CASE WHEN finished_at IS NULL THEN 0 ELSE (SELECT waiting_runs FROM threads WHERE id = thread_id) END AS "waitingRuns"
    FROM runs WHERE id = $1 AND attempt = $2 AND status <> 'running'`,
};

/**
 * What became of a commit whose reply was lost. A run that still has the attempt and is no longer running was committed
 * by it: whoever else takes a run from that state opens an attempt of its own. Undefined when it was not.
 */
export async function readCommit(
  database: Queryable,
  runId: string,
  attempt: number,
): Promise<CommittedStep | undefined> {
  const [row] = await database.query<CommittedStep>(READ_COMMIT, [runId, attempt]);
  return row;
}
