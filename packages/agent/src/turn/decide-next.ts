import {
  type ContentPart,
  type RunLimits,
  type StopReason,
  type ToolCallPart,
  type ToolResultPart,
  textOf,
} from '@troupe/contracts';
import type { ModelResponse, ModelTool, Tool } from '@troupe/spec';
import { decideHandoff, type HandoffMove } from '../handoff/decide-handoff.js';
import type { HandoffTool } from '../handoff/handoff-tool.js';
import { unusedId } from '../history/unused-id.js';
import { failedResult } from '../tools/failed-result.js';
import { rejectToolCall } from '../tools/reject-tool-call.js';
import { stopReasonOf } from './stop-reason-of.js';
import { isLastTurn } from './turn-limit.js';

export interface AcceptedCall {
  part: ToolCallPart;
  tool: Tool;
  /** Of a call that a run of its own answers, once it is known. */
  below?: RunBelow;
}

/** What a run has of the one whose call it answers. */
export interface RunBelow {
  /** What it may take; absent: nothing limits that. */
  limits?: RunLimits;
  /** What it is told may be words of strangers. */
  untrusted: boolean;
}

export interface RejectedCall {
  part: ToolCallPart;
  /** What the model is told instead of a result. */
  result: ToolResultPart;
}

/**
 * What follows a model turn. `content` is the assistant message to store: its call ids are unique, and a message that
 * ends the run holds no calls that nobody would answer. `calls` may be empty when all were rejected: then the next
 * model turn follows at once.
 */
export type NextMove =
  | { kind: 'finish'; stopReason: StopReason; text: string; content: ContentPart[] }
  | { kind: 'call_tools'; calls: AcceptedCall[]; rejected: RejectedCall[]; content: ContentPart[] }
  | HandoffMove;

export interface DecideOptions {
  tools: ReadonlyMap<string, Tool>;
  /** By the names of their tools, which are none of `tools`; absent: the agent hands over to nobody. */
  handoffs?: ReadonlyMap<string, HandoffTool> | undefined;
  /** Number of the model turn that gave the response, 1 for the first. */
  turn: number;
  maxTurns: number;
}

const CUT_OFF =
  'Not run: your answer reached its length limit before this call was complete, so its arguments may be cut off. ' +
  'Call the tool again with shorter arguments, or make fewer calls at once.';

const NO_HANDOFFS: ReadonlyMap<string, HandoffTool> = new Map();

export function decideNext(response: ModelResponse, options: DecideOptions): NextMove {
  const { tools, handoffs = NO_HANDOFFS, turn, maxTurns } = options;
  const { reason } = response.finish;
  const wanted = response.content.some((part) => part.type === 'tool_call');
  if (!wanted) return finish(response.content, stopReasonOf(reason));
  if (reason === 'refusal' || reason === 'content_filter') return finish(response.content, reason);
  if (isLastTurn(turn, maxTurns)) return finish(response.content, reason === 'length' ? 'max_tokens' : 'max_turns');
  const content = withUniqueIds(response.content);
  const cutOff = reason === 'length';
  const handoff = handoffs.size > 0 && !cutOff ? decideHandoff(content, handoffs) : undefined;
  return handoff ?? callTools(content, tools, handoffs, cutOff);
}

function finish(content: readonly ContentPart[], stopReason: StopReason): NextMove {
  const kept = content.filter((part) => part.type !== 'tool_call');
  return { kind: 'finish', stopReason, text: textOf(kept), content: kept };
}

function withUniqueIds(content: readonly ContentPart[]): ContentPart[] {
  const used = new Set<string>();
  return content.map((part) => (part.type === 'tool_call' ? { ...part, id: unusedId(part.id, used) } : part));
}

function callTools(
  content: ContentPart[],
  tools: ReadonlyMap<string, Tool>,
  handoffs: ReadonlyMap<string, ModelTool>,
  cutOff: boolean,
): NextMove {
  const move = { kind: 'call_tools' as const, calls: [] as AcceptedCall[], rejected: [] as RejectedCall[], content };
  for (const part of content) {
    if (part.type !== 'tool_call') continue;
    const tool = tools.get(part.name);
    const names = [...tools.keys(), ...handoffs.keys()];
    const objection = cutOff ? CUT_OFF : rejectToolCall(part, tool ?? handoffs.get(part.name), names);
    if (tool && objection === undefined) move.calls.push({ part, tool });
    else move.rejected.push({ part, result: failedResult(part, objection ?? CUT_OFF) });
  }
  return move;
}
