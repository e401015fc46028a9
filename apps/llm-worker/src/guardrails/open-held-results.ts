import { type Guards, guardResult, isJudge } from '@troupe/agent';
import type { GuardrailTripped, RunEventBody, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import type { ClaimedRun, WithheldMessage } from '@troupe/database';

/**
 * Results that wait for a judge, read by it: who runs tools asks no models. What no judge of the agent reads stays held, and
 * models are told that there is no result.
 */
export async function openHeldResults(
  run: ClaimedRun,
  guards: Guards,
  events: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<{ run: ClaimedRun; opened: WithheldMessage[] }> {
  const judges = guards.guardrails.filter((guardrail) => isJudge(guardrail) && guardrail.on.includes('tool_output'));
  const opened: WithheldMessage[] = [];
  for (const { id, content } of run.history) {
    const [held] = content;
    if (held?.type !== 'tool_result' || held.status !== 'held') continue;
    if (!judges.some(({ tools }) => tools?.includes(held.name) !== false)) continue;
    const tripped: GuardrailTripped[] = [];
    const onEvent = (event: RunEventBody) => {
      if (event.type === 'guardrail.tripped') tripped.push(event.data);
      events.onEvent(event);
    };
    const { held_as = 'completed', ...rest } = held;
    const result: ToolResultPart = { ...rest, status: held_as };
    const read = await guardResult(result, callOf(held, run), judges, guards, { ...events, onEvent });
    const by = tripped.find(({ action }) => action !== 'allow');
    opened.push({ id, content: [read], withheld: by ? { guardrail: by.guardrail, reason: by.reason } : null });
  }
  if (opened.length === 0) return { run, opened };
  const contents = new Map(opened.map((message) => [message.id, message.content]));
  const history = run.history.map((message) => ({ ...message, content: contents.get(message.id) ?? message.content }));
  return { run: { ...run, history }, opened };
}

function callOf({ tool_call_id, name }: ToolResultPart, { history }: ClaimedRun): ToolCallPart {
  const calls = history.flatMap(({ content }) => content.filter((part) => part.type === 'tool_call'));
  return (
    calls.findLast(({ id }) => id === tool_call_id) ?? { type: 'tool_call', id: tool_call_id, name, arguments: {} }
  );
}
