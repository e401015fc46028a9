import { type ContentPart, type Run, type RunResult, TroupeError, textOf } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { RUN_COLUMNS, type RunRow, runFromRow } from './run-row.js';

const READ_RUN = {
  name: 'read-run',
  text: `SELECT ${RUN_COLUMNS}, messages.content AS output FROM runs
    LEFT JOIN messages ON messages.id = runs.output_message_id
    WHERE runs.id = $1 AND runs.tenant_id = $2`,
};

const LIST_THREAD_RUNS = {
  name: 'list-thread-runs',
  text: `SELECT ${RUN_COLUMNS} FROM runs
    WHERE runs.thread_id = $1 AND runs.tenant_id = $2 AND ($3::uuid IS NULL OR runs.id < $3)
    ORDER BY runs.id DESC LIMIT $4`,
};

/**
 * A run and what it answered.
 * @throws TroupeError `run_not_found`, for another tenant's run too.
 */
export async function readRun(database: Queryable, tenantId: string, runId: string): Promise<RunResult> {
  const [row] = await database.query<RunRow & { output: ContentPart[] | null }>(READ_RUN, [runId, tenantId]);
  if (!row) throw runNotFound(runId);
  return { run: runFromRow(row), response: row.output && textOf(row.output) };
}

/** Runs of a thread, newest first, older than the cursor. */
export async function listThreadRuns(
  database: Queryable,
  scope: { tenantId: string; threadId: string },
  page: { before: string | null; limit: number },
): Promise<Run[]> {
  const values = [scope.threadId, scope.tenantId, page.before, page.limit];
  return (await database.query<RunRow>(LIST_THREAD_RUNS, values)).map(runFromRow);
}

export function runNotFound(runId: string): TroupeError {
  return new TroupeError({ code: 'run_not_found', fault: 'caller', message: `There is no run ${runId}.` });
}
