import type { RunEventData, ToolResultPart } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import { withEditedArguments } from '../permissions/approval-texts.js';
import type { AskingCall } from '../permissions/asking-call.js';
import { limitsLeft } from '../subagents/limits-left.js';
import { withRunsBelow } from '../subagents/runs-below.js';
import type { AcceptedCall, NextMove } from '../turn/decide-next.js';
import { guardedResult } from './guarded-calls.js';
import { inParallel } from './in-parallel.js';
import type { RunTurnsOptions } from './run-turns-options.js';

/**
 * All calls of a turn at once, those that wait for people as soon as these have decided; results in the order of the calls.
 * @param shown what the run had added to the history when the model asked for them
 */
export async function toolRound(
  options: RunTurnsOptions,
  move: Extract<NextMove, { kind: 'call_tools' }>,
  shown: readonly HistoryMessage[] = [],
): Promise<ToolResultPart[]> {
  const { onEvent, gate, history, configuration, allowance, signal } = options;
  const read = [...history, ...shown];
  const permitted = (await gate?.permit(move.calls, read)) ?? { calls: move.calls, denied: [], asking: [] };
  const { calls, asking, refused } = withRunsBelow(permitted, () => ({
    left: limitsLeft(configuration.limits, allowance.spent),
    untrusted: gate?.hasReadUntrusted(read) ?? true,
  }));
  const withoutRun = [...move.rejected, ...permitted.denied, ...refused];
  const notRun = new Map(withoutRun.map(({ part, result }) => [part.id, result]));
  const results = new Map<string, ToolResultPart>();
  const finish = (result: ToolResultPart) => {
    results.set(result.tool_call_id, result);
    onEvent({ type: 'tool_call.completed', data: completedData(result) });
  };
  for (const { id, name, arguments: args } of move.content.filter((part) => part.type === 'tool_call')) {
    onEvent({ type: 'tool_call.requested', data: { tool_call_id: id, name, arguments: args } });
    const result = notRun.get(id);
    if (result) finish(result);
  }
  const atMost = configuration.max_parallel_tool_calls ?? calls.length;
  await Promise.all([
    inParallel(calls, { atMost, signal }, async (call) => finish(await made(options, call))),
    ...asking.map(async (call) => finish(await asked(options, call))),
  ]);
  return move.content.flatMap((part) => (part.type === 'tool_call' ? (results.get(part.id) ?? []) : []));
}

async function made(options: RunTurnsOptions, call: AcceptedCall): Promise<ToolResultPart> {
  const result = await guardedResult(options, call, await options.runTool(call));
  return (await options.hooks?.afterToolCall(call, result)) ?? result;
}

/** Waits until a person has decided, and does what that said. */
async function asked(options: RunTurnsOptions, call: AskingCall): Promise<ToolResultPart> {
  const { part } = call;
  const end = await options.gate?.ask(call, options.onEvent);
  if (!end) throw new Error(`Nobody was asked about the call of ${part.name}.`);
  if (end.do === 'complete') {
    const { status, result: content } = end;
    return { type: 'tool_result', tool_call_id: part.id, name: part.name, status, content };
  }
  if (!end.arguments) return made(options, call);
  const result = await made(options, { ...call, part: { ...part, arguments: end.arguments } });
  return { ...result, content: withEditedArguments(result.content, end.arguments) };
}

function completedData(result: ToolResultPart): RunEventData['tool_call.completed'] {
  return {
    tool_call_id: result.tool_call_id,
    name: result.name,
    status: result.status === 'completed' ? 'completed' : 'failed',
    result: result.content,
  };
}
