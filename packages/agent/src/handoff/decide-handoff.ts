import type { ContentPart, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import { failedResult } from '../tools/failed-result.js';
import { rejectToolCall } from '../tools/reject-tool-call.js';
import type { HandoffTool } from './handoff-tool.js';

/** Another agent speaks from the next turn on. No call of the turn is made: each has its result already. */
export interface HandoffMove {
  kind: 'handoff';
  handoff: HandoffTool;
  /** The call that hands over; its arguments are what the model sent along. */
  call: ToolCallPart;
  /** One for each call of the turn, in their order. */
  results: ToolResultPart[];
  content: ContentPart[];
}

/**
 * The first valid handoff among a turn's calls wins. Whatever else the turn asked for was asked by an agent that speaks no
 * more, so it is refused.
 */
export function decideHandoff(
  content: ContentPart[],
  handoffs: ReadonlyMap<string, HandoffTool>,
): HandoffMove | undefined {
  const calls = content.filter((part) => part.type === 'tool_call');
  for (const call of calls) {
    const handoff = handoffs.get(call.name);
    if (!handoff || rejectToolCall(call, handoff, handoffs.keys()) !== undefined) continue;
    const results = calls.map((other) =>
      other === call ? handedOver(call, handoff) : failedResult(other, refusalOf(other, handoff, handoffs)),
    );
    return { kind: 'handoff', handoff, call, results, content };
  }
  return undefined;
}

/** The same turn when the handoff cannot be made after all: then nothing of it happens. */
export function refuseHandoff(move: HandoffMove, message: string): ToolResultPart[] {
  return move.results.map((result) => {
    const call = { id: result.tool_call_id, name: result.name };
    if (call.id === move.call.id) return failedResult(call, message);
    return failedResult(
      call,
      `Not run: the turn asked for a handoff, which failed. Call ${call.name} again if needed.`,
    );
  });
}

/** Read by the agent that takes over, which is what "you" means from here on. */
function handedOver(call: ToolCallPart, { toName }: HandoffTool): ToolResultPart {
  return {
    type: 'tool_result',
    tool_call_id: call.id,
    name: call.name,
    status: 'completed',
    content: `The conversation is handed over. You are ${toName} now: answer the user.`,
    // The runtime's own words: an agent that takes over has read nothing by them.
    untrusted: false,
  };
}

function refusalOf(call: ToolCallPart, { toName }: HandoffTool, handoffs: ReadonlyMap<string, HandoffTool>): string {
  if (handoffs.has(call.name)) return `Not done: one turn hands over once, and this one handed over to ${toName}.`;
  return `Not run: the conversation was handed over to ${toName} in the same turn.`;
}
