import { type ContentPart, type Run, type RunResult, TroupeError, textOf } from '@troupe/contracts';
import { pendingApprovals } from '../approvals/read-approvals.js';
import type { Queryable } from '../database.js';
import { RUN_COLUMNS, type RunRow, runFromRow, VALIDATED, type ValidatedRow } from './run-row.js';

const READ_RUN = {
  name: 'read-run',
  text: `SELECT ${RUN_COLUMNS}, messages.content AS output, ${VALIDATED},
      (SELECT count(*)::integer FROM approvals
        WHERE runs.status = 'waiting' AND root_run_id = runs.id AND state = 'pending') AS asked FROM runs
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
  const [row] = await database.query<ReadRow>(READ_RUN, [runId, tenantId]);
  if (!row) throw runNotFound(runId);
  const { output, validated } = row;
  const response = output && textOf(output);
  const result = { run: runFromRow(row), response, ...(validated && { output: validated.value }) };
  return row.asked > 0 ? { ...result, approvals: await pendingApprovals(database, tenantId, runId) } : result;
}

interface ReadRow extends RunRow, ValidatedRow {
  output: ContentPart[] | null;
  /** Approvals that are pending. */
  asked: number;
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
