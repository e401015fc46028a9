import type { RunStep } from '@troupe/contracts';
import type { CommandContext } from '../command-context.js';
import { describeStatus } from '../describe-status.js';
import { everyItem } from '../every-item.js';
import { formatTable } from '../format-table.js';

/** `troupe runs <id>`: what became of a run, step by step. Returns the exit code. */
export async function showRun(
  { client, screen }: CommandContext,
  options: { json?: boolean },
  runId: string,
): Promise<number> {
  const { run, response } = await client.runs.get(runId);
  const steps = await everyItem((cursor) => client.runs.steps(runId, cursor === undefined ? {} : { cursor }));
  if (options.json) {
    screen.line(JSON.stringify({ run, response, steps }));
    return 0;
  }
  const rows = [
    ['run', run.id],
    ['thread', run.thread_id],
    ['agent', `${run.agent} (version ${run.agent_version})`],
    ['model', run.model],
    ['status', describeStatus(run)],
    ['attempt', String(run.attempt)],
    ['created', run.created_at],
    ['finished', run.finished_at ?? '-'],
    ['tokens', `${run.usage.input_tokens} in, ${run.usage.output_tokens} out`],
    ['cost', run.usage.cost === null ? 'unknown' : `$${run.usage.cost}`],
  ];
  for (const line of formatTable(rows)) screen.line(line);
  if (run.error) screen.line(`error    ${run.error.code}: ${run.error.message}`);
  for (const step of steps) screen.line(`step ${step.index}: ${describeStep(step)}`);
  if (response !== null) screen.line(`\n${response}`);
  return 0;
}

function describeStep(step: RunStep): string {
  if (step.kind === 'model') return `${step.model ?? 'model'}, ${step.finish_reason ?? 'not finished'}`;
  return step.tool_calls.map((call) => `${call.name} ${JSON.stringify(call.arguments)} ${call.state}`).join('; ');
}
