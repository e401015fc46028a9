import type { RunEventBody, ToolCallPart } from '@troupe/contracts';
import type { HandoffMove } from './decide-handoff.js';

/**
 * What readers are told of the calls of a turn that hands over: each was asked for, and has its result at once.
 * @param idOf how events name a call
 */
export function handoffEvents(
  { content, results }: Pick<HandoffMove, 'content' | 'results'>,
  idOf: (call: ToolCallPart) => string = (call) => call.id,
): RunEventBody[] {
  const byCall = new Map(results.map((result) => [result.tool_call_id, result]));
  return content
    .filter((part) => part.type === 'tool_call')
    .flatMap((call): RunEventBody[] => {
      const { name, arguments: args } = call;
      const tool_call_id = idOf(call);
      const requested: RunEventBody = { type: 'tool_call.requested', data: { tool_call_id, name, arguments: args } };
      const result = byCall.get(call.id);
      if (!result) return [requested];
      const status = result.status === 'completed' ? 'completed' : 'failed';
      return [requested, { type: 'tool_call.completed', data: { tool_call_id, name, status, result: result.content } }];
    });
}
