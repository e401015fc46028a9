import { type ContentPart, textOf, type Withheld } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import type { GuardedInput } from './guarded-turn.js';
import { withheldMarker } from './guardrail-messages.js';

/**
 * A message from outside as it is kept: the marker where it was blocked, with nothing of it left, and the changed text where
 * guardrails changed it. Pictures and files are not looked at; they stay with a message that stays.
 */
export function inputAsKept<M extends Pick<HistoryMessage, 'content'>>(message: M, input: GuardedInput): M {
  const { content } = message;
  if (input.blocked) return { ...message, content: [{ type: 'text', text: withheldMarker(input.blocked) }] };
  if (input.text === textOf(content)) return message;
  const others = content.filter(({ type }) => type !== 'text');
  const text: ContentPart[] = input.text === '' ? [] : [{ type: 'text', text: input.text }];
  return { ...message, content: [...text, ...others] };
}

/** What is noted about a message that is not kept as it came; undefined for others. */
export function withheldBy({ by }: GuardedInput): Withheld | undefined {
  return by && { guardrail: by.guardrail, reason: by.reason };
}
