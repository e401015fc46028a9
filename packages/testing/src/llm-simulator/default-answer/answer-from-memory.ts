import type { SimulatedRequest } from '../simulated-request.js';
import { factInSystemPrompt, rememberedFacts } from './remembered-facts.js';

/** Questions about the user, with the attribute that answers them. */
const questions: [RegExp, string | undefined][] = [
  [/\bwho am i\b|\bwhat am i called\b/i, 'name'],
  [/\bwhere do i live\b/i, 'home'],
  [/\bwhere do i work\b|\bwhat do i do for (?:a living|work)\b/i, 'work'],
  [/\bwhat do i (?:like|love|prefer|hate|dislike)\b/i, 'likes'],
  [/\bwhat(?:'s|s| is| was| are)? my ([\p{L}][\p{L}' -]{0,40}?)(?: again)?\s*(?:\?|$|\.)/iu, undefined],
  [/\b(?:know|remember|recall|tell me|say) my ([\p{L}][\p{L}' -]{0,40}?)(?: again)?\s*(?:\?|$|\.)/iu, undefined],
];

/**
 * Answers a question about the user from the messages that were sent, and from nothing else: an application that lost
 * its history is told so.
 */
export function answerFromMemory(request: SimulatedRequest): string | undefined {
  const { lastUserText, messages } = request;
  if (/\bwhat did i (?:just )?(?:say|ask|tell you|write)\b/i.test(lastUserText)) {
    const before = messages.filter((message) => message.role === 'user').at(-2);
    return before === undefined ? 'This is the first thing you said to me.' : `You said: "${before.text}".`;
  }
  const attribute = attributeAskedFor(lastUserText);
  if (attribute === undefined) return undefined;
  const fact = rememberedFacts(messages).findLast((candidate) => candidate.attribute === attribute);
  if (fact !== undefined) return `${capitalized(fact.reminder)}.`;
  const told = factInSystemPrompt(messages, attribute);
  return told === undefined ? `You have not told me your ${attribute} yet.` : `Your ${attribute} is ${told}.`;
}

function attributeAskedFor(text: string): string | undefined {
  for (const [expression, attribute] of questions) {
    const match = expression.exec(text);
    if (match !== null) return attribute ?? match[1]?.toLowerCase();
  }
  return undefined;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
