import type { NextMove } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, NewMessage, NewToolCall } from '@troupe/database';
import type { TurnOutcome } from './turn-outcome.js';

/**
 * Every call gets its tool message at once, in the order of the calls: those that were answered without running have
 * their result, the others wait for theirs. So a call and its result are both there from the start.
 */
export function toolRound(
  run: ClaimedRun,
  answer: NewMessage,
  move: NextMove & { kind: 'call_tools' },
  said: RunEventBody[],
): Pick<TurnOutcome, 'next' | 'messages' | 'toolCalls' | 'followUps' | 'events'> {
  const accepted = new Map(move.calls.map((call) => [call.part.id, call]));
  const rejected = new Map(move.rejected.map((call) => [call.part.id, call]));
  const messages = [answer];
  const toolCalls: NewToolCall[] = [];
  const events = [...said];
  for (const part of move.content) {
    if (part.type !== 'tool_call') continue;
    const call = accepted.get(part.id);
    const id = newId();
    const result = rejected.get(part.id)?.result ?? {
      type: 'tool_result',
      tool_call_id: part.id,
      name: part.name,
      status: 'pending',
      content: '',
    };
    const previous = messages.at(-1) ?? answer;
    const message: NewMessage = { id: newId(), parent_id: previous.id, role: 'tool', content: [result], model: null };
    messages.push(message);
    events.push({
      type: 'tool_call.requested',
      data: { tool_call_id: id, name: part.name, arguments: part.arguments },
    });
    if (call) {
      toolCalls.push({
        id,
        message_id: message.id,
        step: run.step + 1,
        index: toolCalls.length,
        call_id: part.id,
        name: part.name,
        arguments: part.arguments,
        effect: call.tool.effect,
      });
    } else {
      events.push({
        type: 'tool_call.completed',
        data: { tool_call_id: id, name: part.name, status: 'failed', result: result.content },
      });
    }
  }
  if (toolCalls.length > 0) {
    events.push({ type: 'run.waiting', data: { kind: 'tool' } });
    const next = { status: 'waiting', waitKind: 'tool', pendingToolCalls: toolCalls.length } as const;
    return { next, messages, toolCalls, followUps: [], events };
  }
  return { next: { status: 'queued', wakeInMs: 0, because: 'next_step' }, messages, toolCalls, followUps: [], events };
}
