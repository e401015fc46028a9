import type { RunEventData, ToolResultPart } from '@troupe/contracts';
import type { NextMove } from '../turn/decide-next.js';
import type { RunTurnsOptions } from './run-turns-options.js';

/** All calls of a turn at once; results in the order of the calls. */
export async function toolRound(
  { onEvent, runTool }: RunTurnsOptions,
  move: Extract<NextMove, { kind: 'call_tools' }>,
): Promise<ToolResultPart[]> {
  for (const { id, name, arguments: args } of move.content.filter((part) => part.type === 'tool_call')) {
    onEvent({ type: 'tool_call.requested', data: { tool_call_id: id, name, arguments: args } });
  }
  const results = new Map<string, ToolResultPart>();
  const finish = (result: ToolResultPart) => {
    results.set(result.tool_call_id, result);
    onEvent({ type: 'tool_call.completed', data: completedData(result) });
  };
  for (const { result } of move.rejected) finish(result);
  await Promise.all(move.calls.map(async (call) => finish(await runTool(call))));
  return move.content.flatMap((part) => (part.type === 'tool_call' ? (results.get(part.id) ?? []) : []));
}

function completedData(result: ToolResultPart): RunEventData['tool_call.completed'] {
  return {
    tool_call_id: result.tool_call_id,
    name: result.name,
    status: result.status === 'completed' ? 'completed' : 'failed',
    result: result.content,
  };
}
