import { type ContentPart, type GuardrailTripped, textOf } from '@troupe/contracts';
import { type AgentGuardrail, isFunction, isJudge } from './agent-guardrail.js';
import type { Attachment } from './attachment.js';
import { type Blocked, type CheckedText, checkText, type GuardrailPorts } from './check-text.js';
import { readableText, withReadableText } from './readable-file.js';

/** One message that came in, and what became of it. */
export interface GuardedInput {
  /** As models may read it, now and later; nothing of a blocked one. */
  content: readonly ContentPart[];
  changed: boolean;
  /** Who changed or blocked it. */
  by?: { guardrail: string; reason: string };
  blocked?: Blocked;
}

/**
 * What the guardrails of input make of a message: of its text with the pictures and files that came with it, and then of each
 * file: of its text where it has one that can be read here, else of its name.
 * @throws the signal's reason, and `budget_exceeded` of a judge
 */
export async function checkMessage(
  guardrails: readonly AgentGuardrail[],
  content: readonly ContentPart[],
  ports: GuardrailPorts,
  signal: AbortSignal,
): Promise<GuardedInput & { tripped: GuardrailTripped[] }> {
  const check = (ones: readonly AgentGuardrail[], text: string, attachments?: readonly Attachment[]) =>
    checkText(ones, { on: 'input', text, ...(attachments && { attachments }) }, ports, signal);
  const attachments = content.filter(isAttachment);
  const text = textOf(content);
  if (guardrails.length === 0 || (text === '' && attachments.length === 0)) {
    return { content, changed: false, tripped: [] };
  }
  const said = await check(guardrails, text, attachments.length > 0 ? attachments : undefined);
  const checks: CheckedText[] = [said];
  const kept: Attachment[] = [];
  for (const attachment of said.blocked ? [] : said.attachments) {
    if (attachment.type !== 'file') {
      kept.push(attachment);
      continue;
    }
    const file = readableText(attachment);
    const ones = guardrails.filter(
      (one) => (isFunction(one) || one.check.type !== 'attachments') && (file.isWhole || !isJudge(one)),
    );
    const read = await check(ones, file.text);
    checks.push(read);
    kept.push(read.changed ? withReadableText(attachment, read.text) : attachment);
    if (read.blocked) break;
  }
  return outcomeOf(content, { text: said.text, kept, checks });
}

function outcomeOf(
  content: readonly ContentPart[],
  { text, kept, checks }: { text: string; kept: readonly Attachment[]; checks: readonly CheckedText[] },
): GuardedInput & { tripped: GuardrailTripped[] } {
  const tripped = checks.flatMap((checked) => checked.tripped);
  const blocked = checks.find((checked) => checked.blocked)?.blocked;
  const changed = checks.some((checked) => checked.changed);
  const by = blocked ?? tripped.find(({ action }) => action === 'redact' || action === 'rewrite');
  const said: ContentPart[] = text === '' ? [] : [{ type: 'text', text }];
  return {
    content: blocked ? [] : changed ? [...said, ...kept] : content,
    changed,
    tripped,
    ...(by && { by: { guardrail: by.guardrail, reason: by.reason } }),
    ...(blocked && { blocked }),
  };
}

function isAttachment(part: ContentPart): part is Attachment {
  return part.type === 'image' || part.type === 'file';
}
