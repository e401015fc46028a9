import { type ContentPart, type StopReason, type ToolCallPart, type ToolResultPart, textOf } from '@troupe/contracts';
import type { ModelResponse, Tool } from '@troupe/spec';
import { unusedId } from '../history/unused-id.js';
import { failedResult } from '../tools/failed-result.js';
import { rejectToolCall } from '../tools/reject-tool-call.js';
import { stopReasonOf } from './stop-reason-of.js';
import { isLastTurn } from './turn-limit.js';

export interface AcceptedCall {
  part: ToolCallPart;
  tool: Tool;
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
  | { kind: 'call_tools'; calls: AcceptedCall[]; rejected: RejectedCall[]; content: ContentPart[] };

export interface DecideOptions {
  tools: ReadonlyMap<string, Tool>;
  /** Number of the model turn that gave the response, 1 for the first. */
  turn: number;
  maxTurns: number;
}

const CUT_OFF =
  'Not run: your answer reached its length limit before this call was complete, so its arguments may be cut off. ' +
  'Call the tool again with shorter arguments, or make fewer calls at once.';

export function decideNext(response: ModelResponse, { tools, turn, maxTurns }: DecideOptions): NextMove {
  const { reason } = response.finish;
  const wanted = response.content.some((part) => part.type === 'tool_call');
  if (!wanted) return finish(response.content, stopReasonOf(reason));
  if (reason === 'refusal' || reason === 'content_filter') return finish(response.content, reason);
  if (isLastTurn(turn, maxTurns)) return finish(response.content, reason === 'length' ? 'max_tokens' : 'max_turns');
  return callTools(response.content, tools, reason === 'length');
}

function finish(content: readonly ContentPart[], stopReason: StopReason): NextMove {
  const kept = content.filter((part) => part.type !== 'tool_call');
  return { kind: 'finish', stopReason, text: textOf(kept), content: kept };
}

function callTools(content: readonly ContentPart[], tools: ReadonlyMap<string, Tool>, cutOff: boolean): NextMove {
  const move = { kind: 'call_tools' as const, calls: [] as AcceptedCall[], rejected: [] as RejectedCall[] };
  const usedIds = new Set<string>();
  const stored = content.map((part) => {
    if (part.type !== 'tool_call') return part;
    const call = { ...part, id: unusedId(part.id, usedIds) };
    const tool = tools.get(call.name);
    const objection = cutOff ? CUT_OFF : rejectToolCall(call, tool, tools.keys());
    if (tool && objection === undefined) move.calls.push({ part: call, tool });
    else move.rejected.push({ part: call, result: failedResult(call, objection ?? CUT_OFF) });
    return call;
  });
  return { ...move, content: stored };
}
