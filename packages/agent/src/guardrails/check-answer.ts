import { type ContentPart, type RunEventBody, textOf } from '@troupe/contracts';
import type { ModelResponse } from '@troupe/spec';
import { type AgentGuardrail, isFunction, isJudge } from './agent-guardrail.js';
import { type CheckedText, checkText, type GuardrailPorts } from './check-text.js';
import { runRule } from './run-rule.js';

export interface CheckedAnswer extends CheckedText {
  /** The answer as it may be told and kept. */
  response: ModelResponse;
}

/**
 * The visible text of an answer, as a whole. What the model thought is shown to people too: a part of it in which a rule
 * finds something is left out, because it must not be edited.
 * @param answers what the user had said last
 */
export async function checkAnswer(
  guardrails: readonly AgentGuardrail[],
  response: ModelResponse,
  answers: string | undefined,
  ports: GuardrailPorts,
  signal: AbortSignal,
): Promise<CheckedAnswer> {
  const text = textOf(response.content);
  const input = { on: 'output' as const, text, ...(answers !== undefined && { answers }) };
  const checked: CheckedText =
    text === ''
      ? { text, attachments: [], changed: false, tripped: [] }
      : await checkText(guardrails, input, ports, signal);
  const content = checked.changed ? withText(response.content, checked.text) : response.content;
  const shown = content.filter((part) => part.type !== 'reasoning' || passesRules(part.text, guardrails));
  return {
    ...checked,
    changed: checked.changed || shown.length < content.length,
    response: { ...response, content: shown },
  };
}

/** What readers are told of an answer that they were told nothing of before. */
export function tellAnswer({ content }: ModelResponse, onEvent: (event: RunEventBody) => void): void {
  for (const part of content) {
    if ((part.type !== 'reasoning' && part.type !== 'text') || part.text === '') continue;
    onEvent({ type: part.type === 'text' ? 'text.delta' : 'reasoning.delta', data: { delta: part.text } });
  }
}

function passesRules(text: string, guardrails: readonly AgentGuardrail[]): boolean {
  return guardrails.every(
    (guardrail) => isFunction(guardrail) || isJudge(guardrail) || runRule(guardrail, text, 'output').action === 'allow',
  );
}

/** One text in the place of all, where the first was. */
function withText(content: readonly ContentPart[], text: string): ContentPart[] {
  const first = content.findIndex(({ type }) => type === 'text');
  return content.flatMap((part, index): ContentPart[] => {
    if (part.type !== 'text') return [part];
    return index === first && text !== '' ? [{ ...part, text }] : [];
  });
}
