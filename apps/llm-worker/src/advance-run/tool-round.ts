import type { AcceptedCall, PermittedMove } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, Delegate, NewApproval, NewMessage, NewToolCall, NextState } from '@troupe/database';
import { askedCall } from '../approvals/asked-call.js';
import { guardrailsOfResult } from '../guardrails/guardrails-of-result.js';
import type { TurnOutcome } from './turn-outcome.js';

/**
 * Every call gets its tool message at once, in the order of the calls: those that were answered without running have
 * their result, the others wait for theirs. So a call and its result are both there from the start. Calls that wait for
 * people are rows like the others, which nobody sends.
 */
export function toolRound(
  run: ClaimedRun,
  answer: NewMessage,
  move: PermittedMove & { kind: 'call_tools' },
  said: RunEventBody[],
  delegates: ReadonlyMap<string, Delegate> = new Map(),
): Pick<TurnOutcome, 'next' | 'messages' | 'toolCalls' | 'approvals' | 'followUps' | 'events'> {
  const asking = new Map(move.asking?.map((call) => [call.part.id, call]));
  const accepted = new Map([...move.calls, ...asking.values()].map((call) => [call.part.id, call]));
  const rejected = new Map(move.rejected.map((call) => [call.part.id, call]));
  const messages = [answer];
  const toolCalls: NewToolCall[] = [];
  const approvals: NewApproval[] = [];
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
        ...sendingOf(call, delegates),
        ...guardrailsOfResult(run, part.name),
      });
      const asked = asking.get(part.id);
      if (asked) {
        const { approval, event } = askedCall(id, asked);
        approvals.push(approval);
        events.push(event);
      }
    } else {
      events.push({
        type: 'tool_call.completed',
        data: { tool_call_id: id, name: part.name, status: 'failed', result: result.content },
      });
    }
  }
  if (toolCalls.length > 0) {
    const waitKind = waitKindOf(toolCalls, approvals);
    events.push({ type: 'run.waiting', data: { kind: waitKind } });
    const next: NextState = { status: 'waiting', waitKind, pendingToolCalls: toolCalls.length };
    return { next, messages, toolCalls, approvals, followUps: [], events };
  }
  const next: NextState = { status: 'queued', wakeInMs: 0, because: 'next_step' };
  return { next, messages, toolCalls, approvals, followUps: [], events };
}

/** People are named only where nothing else is under way. */
function waitKindOf(calls: readonly NewToolCall[], approvals: readonly NewApproval[]): 'tool' | 'approval' | 'input' {
  if (approvals.length < calls.length) return 'tool';
  return approvals.some(({ kind }) => kind === 'tool') ? 'approval' : 'input';
}

/** To start a run may be tried again: it is started once. What its agent does has classes of its own. */
function sendingOf({ tool: { name, effect }, below }: AcceptedCall, delegates: ReadonlyMap<string, Delegate>) {
  const delegate = delegates.get(name);
  return delegate ? { effect: 'idempotent' as const, delegate: { ...delegate, ...below } } : { effect };
}
