import { type ContentPart, newId, type RunEventBody } from '@troupe/contracts';
import type { NextMove } from '@troupe/agent';
import type { ClaimedRun, NewMessage, NewToolCall, StepRow } from '@troupe/database';
import type { ModelResponse } from '@troupe/spec';
import { followUpsOf } from './follow-ups-of.js';
import { ledgerOfResponse, sumUsage, usageOf } from './model-call.js';
import type { TurnOutcome } from './turn-outcome.js';

/** What a model's whole answer comes to: the end of the run, or a round of tools. */
export function outcomeOfAnswer(
  run: ClaimedRun,
  response: ModelResponse,
  move: NextMove,
  startedAt: string,
): TurnOutcome {
  const ledger = ledgerOfResponse(run, response);
  const usage = usageOf(ledger);
  const answer = assistantMessage(run, move.content);
  const step: StepRow = {
    index: run.step,
    kind: 'model',
    model: run.model,
    finish_reason: response.finish.raw,
    usage: { ...usage },
    started_at: startedAt,
  };
  const common = { ledger: [ledger], steps: [step] };
  const said: RunEventBody[] = [
    { type: 'usage.recorded', data: usage },
    { type: 'message.completed', data: { message_id: answer.id } },
  ];

  if (move.kind === 'finish') {
    const completed: RunEventBody = {
      type: 'run.completed',
      data: {
        run_id: run.id,
        thread_id: run.threadId,
        message_id: answer.id,
        stop_reason: move.stopReason,
        usage: sumUsage(run.usage, usage),
      },
    };
    return {
      ...common,
      next: { status: 'completed', stopReason: move.stopReason, outputMessageId: answer.id },
      messages: [answer],
      toolCalls: [],
      followUps: followUpsOf(run),
      events: [...said, completed],
    };
  }
  return { ...common, ...toolRound(run, answer, move, said, startedAt) };
}

/**
 * Every call gets its tool message at once, in the order of the calls: those that were answered without running have
 * their result, the others wait for theirs. So a call and its result are both there from the start.
 */
function toolRound(
  run: ClaimedRun,
  answer: NewMessage,
  move: NextMove & { kind: 'call_tools' },
  said: RunEventBody[],
  startedAt: string,
): Pick<TurnOutcome, 'next' | 'messages' | 'toolCalls' | 'followUps' | 'events'> & { steps?: StepRow[] } {
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

function assistantMessage(run: ClaimedRun, content: ContentPart[]): NewMessage {
  return { id: newId(), parent_id: run.headMessageId, role: 'assistant', content, model: run.model };
}
