import type { AttachmentsCheck, Guardrail, GuardrailAction, GuardrailPlace, JsonObject } from '@troupe/contracts';
import type { Attachment } from './attachment.js';
import { findAttachments } from './checks/find-attachments.js';
import { findInjection } from './checks/find-injection.js';
import { findOverlength } from './checks/find-overlength.js';
import { findPatterns } from './checks/find-patterns.js';
import { findPii } from './checks/find-pii.js';
import { type Finding, redacted } from './checks/finding.js';
import type { GuardrailVerdict } from './guardrail-verdict.js';
import { fieldNames, mapStrings } from './map-strings.js';

/** What a check that needs no model says of a text. */
export function runRule(guardrail: Guardrail, text: string, on: GuardrailPlace): GuardrailVerdict {
  const finding = findingOf(guardrail, text, on);
  if (!finding) return { action: 'allow' };
  const { reason } = finding;
  switch (actionOf(guardrail)) {
    case 'redact':
    case 'rewrite':
      return { action: 'redact', reason, text: redacted(text, finding.passages) };
    case 'retry':
      return { action: 'retry', reason, feedback: `It holds what it must not: ${reason}.` };
    case 'block':
      return { action: 'block', reason };
  }
}

/**
 * The same of a call's arguments, each text on its own, so that what is taken out leaves them JSON. What stands in the name
 * of a field cannot be taken out, so it blocks.
 */
export function runRuleOnArguments(guardrail: Guardrail, args: JsonObject): GuardrailVerdict {
  const reasons = new Set<string>();
  let blocked = fieldNames(args).some((name) => {
    const verdict = runRule(guardrail, name, 'tool_input');
    if ('reason' in verdict && verdict.reason) reasons.add(verdict.reason);
    return verdict.action !== 'allow';
  });
  const changed = mapStrings(args, (text) => {
    const verdict = runRule(guardrail, text, 'tool_input');
    if ('reason' in verdict && verdict.reason) reasons.add(verdict.reason);
    if (verdict.action === 'redact' && 'text' in verdict) return verdict.text;
    if (verdict.action !== 'allow') blocked = true;
    return text;
  });
  if (reasons.size === 0) return { action: 'allow' };
  const reason = [...reasons].join(', ');
  return blocked ? { action: 'block', reason } : { action: 'rewrite', reason, arguments: changed };
}

/** What a check of pictures and files says of those of a message. */
export function runRuleOnAttachments(
  guardrail: Guardrail,
  check: AttachmentsCheck,
  attachments: readonly Attachment[] = [],
): GuardrailVerdict {
  const found = findAttachments(attachments, check);
  if (!found) return { action: 'allow' };
  const { reason, passing } = found;
  return actionOf(guardrail) === 'redact'
    ? { action: 'redact', reason, attachments: passing }
    : { action: 'block', reason };
}

function actionOf({ action, check }: Pick<Guardrail, 'action' | 'check'>): GuardrailAction {
  return action ?? (check.type === 'pii' ? 'redact' : 'block');
}

function findingOf({ check }: Guardrail, text: string, on: GuardrailPlace): Finding | undefined {
  switch (check.type) {
    case 'injection':
      return findInjection(text, on === 'tool_output');
    case 'patterns':
      return findPatterns(text, check);
    case 'pii':
      return findPii(text, check.kinds);
    case 'max_length':
      return findOverlength(text, check.characters);
    case 'attachments':
    case 'judge':
      return undefined;
  }
}
