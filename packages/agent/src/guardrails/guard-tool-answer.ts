import type { RunEventBody } from '@troupe/contracts';
import { guardrailsFor } from './agent-guardrail.js';
import { checkText } from './check-text.js';
import { answerOfBlock } from './guardrail-messages.js';
import type { Guards } from './guards.js';

/**
 * The result of a tool that is to be the answer of a run, as guardrails of output let people read it. No model can be asked
 * for another one, so what is to be given again is blocked.
 * @throws the signal's reason, and `budget_exceeded` of a judge
 */
export async function guardToolAnswer(
  text: string,
  guards: Guards | undefined,
  { signal, onEvent }: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<{ text: string; blocked: boolean }> {
  const ones = guards ? guardrailsFor(guards.guardrails, { on: 'output' }) : [];
  if (!guards || ones.length === 0 || text === '') return { text, blocked: false };
  const checked = await checkText(ones, { on: 'output', text }, guards, signal);
  for (const data of checked.tripped) onEvent({ type: 'guardrail.tripped', data });
  const { retry, blocked = retry && { ...retry, reason: 'a tool cannot answer again' } } = checked;
  return blocked ? { text: answerOfBlock('output', blocked), blocked: true } : { text: checked.text, blocked: false };
}
