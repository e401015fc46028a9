import type { AgentConfiguration, RunEventBody, StopReason, ToolResultPart, Usage } from '@troupe/contracts';
import type { ChatModel, ModelMessage, Tool } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { HistoryMessage } from '../history/history-message.js';
import { type AcceptedCall, decideNext, type NextMove } from '../turn/decide-next.js';
import { prepareTurn } from '../turn/prepare-turn.js';
import { streamTurn } from '../turn/stream-turn.js';
import { addUsage } from '../usage/add-usage.js';
import { usageOf } from '../usage/usage-of.js';

export interface RunTurnsOptions {
  model: ChatModel;
  configuration: Pick<AgentConfiguration, 'definition' | 'model_settings' | 'memory' | 'max_turns'>;
  tools: ReadonlyMap<string, Tool>;
  /** The thread with the user's new message last. */
  history: readonly HistoryMessage[];
  facts?: readonly PromptFact[];
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
  /** Executes one call; must not throw. */
  runTool(call: AcceptedCall): Promise<ToolResultPart>;
}

export interface RunOutcome {
  /** The answer: the text of the last model turn. */
  text: string;
  stopReason: StopReason;
  /** Tokens of all model turns. */
  usage: Usage;
  /** What the run adds to the thread. */
  messages: ModelMessage[];
}

/**
 * The whole loop in one process: model turns and tool rounds until the model answers. A server does the same with a job
 * for each step; the functions that decide are the same ones.
 */
export async function runTurns(options: RunTurnsOptions): Promise<RunOutcome> {
  const messages: ModelMessage[] = [];
  let usage: Usage | undefined;
  for (let turn = 1, step = 0; ; turn += 1) {
    options.onEvent({ type: 'step.started', data: { step } });
    step += 1;
    const response = await modelTurn(options, messages, turn);
    const spent = usageOf(response.usage);
    usage = usage ? addUsage(usage, spent) : spent;
    options.onEvent({ type: 'usage.recorded', data: spent });
    const move = decideNext(response, { tools: options.tools, turn, maxTurns: options.configuration.max_turns });
    messages.push({ role: 'assistant', content: move.content });
    if (move.kind === 'finish') return { text: move.text, stopReason: move.stopReason, usage, messages };
    options.onEvent({ type: 'step.started', data: { step } });
    step += 1;
    messages.push({ role: 'tool', content: await toolRound(options, move) });
    options.signal.throwIfAborted();
  }
}

function modelTurn(options: RunTurnsOptions, added: readonly ModelMessage[], turn: number) {
  const { model, configuration, tools, history, facts, signal, onEvent } = options;
  const request = prepareTurn({ configuration, tools: tools.values(), history: [...history, ...added], facts, turn });
  return streamTurn(model, request, { signal, onEvent });
}

/** All calls of a turn at once; results in the order of the calls. */
async function toolRound(
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

function completedData(result: ToolResultPart) {
  return {
    tool_call_id: result.tool_call_id,
    name: result.name,
    status: result.status === 'completed' ? ('completed' as const) : ('failed' as const),
    result: result.content,
  };
}
