import type { RunStep, StepRoute, ToolCall, Usage } from '@troupe/contracts';
import type { Queryable } from '../database.js';

interface StepRow {
  run_id: string;
  index: number;
  kind: 'model' | 'tools';
  attempt: number;
  model: string | null;
  finish_reason: string | null;
  usage: Usage | null;
  route: StepRoute | null;
  started_at: Date;
  finished_at: Date;
}

type ToolCallRow = Omit<ToolCall, 'created_at' | 'finished_at'> & { created_at: Date; finished_at: Date | null };

const LIST_STEPS = {
  name: 'list-steps',
  text: `SELECT run_id, index, kind, attempt, model, finish_reason, usage, route, started_at, finished_at
    FROM run_steps WHERE run_id = $1 AND tenant_id = $2 ORDER BY index`,
};
const LIST_TOOL_CALLS = {
  name: 'list-tool-calls',
  text: `SELECT id, run_id, step, index, name, arguments, effect, state, result, created_at, finished_at
    FROM tool_calls WHERE run_id = $1 AND tenant_id = $2 ORDER BY step, index`,
};

/** The committed steps of a run in order; a tool round carries its calls. */
export async function listSteps(database: Queryable, tenantId: string, runId: string): Promise<RunStep[]> {
  const [steps, calls] = await Promise.all([
    database.query<StepRow>(LIST_STEPS, [runId, tenantId]),
    database.query<ToolCallRow>(LIST_TOOL_CALLS, [runId, tenantId]),
  ]);
  return steps.map((step) => ({
    ...step,
    started_at: step.started_at.toISOString(),
    finished_at: step.finished_at.toISOString(),
    tool_calls: calls.filter((call) => call.step === step.index).map(toolCallFromRow),
  }));
}

function toolCallFromRow(row: ToolCallRow): ToolCall {
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}
