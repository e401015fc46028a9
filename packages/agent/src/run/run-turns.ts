import type { AgentConfiguration, RunEventBody, StopReason, ToolResultPart, Usage } from '@troupe/contracts';
import type { ChatModel, ModelMessage, Tool } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { OutputFormat } from '../structured-output/output-format.js';
import { type Review, reviewOutput } from '../structured-output/review-output.js';
import { RunMessages } from '../structured-output/run-messages.js';
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
  summary?: string | null;
  /** How many of the newest messages of the history the summary does not cover. */
  unsummarized?: number;
  /** What the answer must be, and how many further answers the model may give when one is not. */
  output?: { format: OutputFormat<unknown>; retries: number };
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
  /** Executes one call; must not throw. */
  runTool(call: AcceptedCall): Promise<ToolResultPart>;
}

export interface RunOutcome {
  /** The answer: the text of the last model turn. */
  text: string;
  stopReason: StopReason;
  /** The validated answer, where one was asked for. */
  output?: unknown;
  /** Tokens of all model turns. */
  usage: Usage;
  /** What the run adds to the thread. */
  messages: ModelMessage[];
}

/**
 * The whole loop in one process: model turns and tool rounds until the model answers. A server does the same with a job
 * for each step; the functions that decide are the same ones.
 * @throws TroupeError `output_invalid` when an output was asked for and the model gives none; those of the model
 */
export async function runTurns(options: RunTurnsOptions): Promise<RunOutcome> {
  const messages = new RunMessages();
  let usage: Usage | undefined;
  let refused = 0;
  for (let turn = 1, step = 0; ; ) {
    options.onEvent({ type: 'step.started', data: { step } });
    step += 1;
    const response = await modelTurn(options, messages, turn);
    const spent = usageOf(response.usage);
    usage = usage ? addUsage(usage, spent) : spent;
    options.onEvent({ type: 'usage.recorded', data: spent });
    const move = decideNext(response, { tools: options.tools, turn, maxTurns: options.configuration.max_turns });
    const said: ModelMessage = { role: 'assistant', content: move.content };
    if (move.kind === 'finish') {
      const review = await reviewed(options, move, refused);
      if (review?.accepted === false) {
        // The same turn once more: corrections have a budget of their own.
        messages.refuse(said, review.correction);
        refused += 1;
        continue;
      }
      messages.add(said);
      const { text, stopReason } = move;
      return { text, stopReason, usage, messages: messages.added, ...(review && { output: review.value }) };
    }
    messages.add(said);
    options.onEvent({ type: 'step.started', data: { step } });
    step += 1;
    messages.add({ role: 'tool', content: await toolRound(options, move) });
    options.signal.throwIfAborted();
    turn += 1;
  }
}

async function reviewed(
  { output }: RunTurnsOptions,
  { text, stopReason }: Extract<NextMove, { kind: 'finish' }>,
  refused: number,
): Promise<Review<unknown> | undefined> {
  return output && reviewOutput(output.format, { text, stopReason, refused }, output.retries);
}

function modelTurn(options: RunTurnsOptions, { shown, tail }: RunMessages, turn: number) {
  const { model, configuration, tools, history, facts, summary, unsummarized, output, signal, onEvent } = options;
  const request = prepareTurn({
    configuration,
    tools: tools.values(),
    history: [...history, ...shown],
    tail,
    facts,
    summary,
    ...(unsummarized !== undefined && { unsummarized: unsummarized + shown.length }),
    outputSchema: output?.format.request,
    turn,
  });
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
