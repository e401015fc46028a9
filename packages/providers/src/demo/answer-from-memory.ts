import type { ModelRequest } from '@troupe/spec';
import { type DemoFact, factsInSystemPrompt, findFacts } from './find-facts.js';
import { userTurns } from './user-turns.js';

/** Questions about the asker, with the key of the fact that answers them. */
const questions: [RegExp, string][] = [
  [/\bwhat(?:'s| is) my name\b|\bwho am i\b|\b(?:know|remember|tell me) my name\b/i, 'name'],
  [/\bhow old am i\b|\bwhat(?:'s| is) my age\b/i, 'age'],
  [/\bwhere do i live\b/i, 'home'],
  [/\bwhere (?:am i|do i come) from\b/i, 'origin'],
  [/\bwhat(?:'s| is) my job\b|\bwhat do i do for (?:a living|work)\b/i, 'job'],
  [/\bwhere do i work\b|\bwho do i work for\b/i, 'employer'],
  [/\bwhat do i (?:like|love|enjoy)\b/i, 'likes'],
  [/\bwhat do i (?:hate|dislike)\b/i, 'dislikes'],
  [/\bwhat am i allergic to\b/i, 'allergy'],
];

/** Answers what the user asks about themselves, from this request alone; undefined for other messages. */
export function answerFromMemory(request: ModelRequest): string | undefined {
  const turns = userTurns(request.messages);
  const question = turns.at(-1) ?? '';
  const known = new Map<string, DemoFact>();
  for (const fact of [...factsInSystemPrompt(request.system ?? ''), ...findFacts(turns)]) known.set(fact.key, fact);

  if (/\bwhat do you (?:know|remember) about me\b/i.test(question)) {
    if (known.size === 0) return 'You have told me nothing about yourself yet.';
    return `I remember: ${[...known.values()].map((fact) => `${wordsOf(fact.key)}: ${fact.value}`).join('; ')}.`;
  }
  const key = keyAskedFor(question);
  if (key === undefined) return undefined;
  const fact = known.get(key);
  if (fact === undefined) return `You have not told me your ${wordsOf(key)} yet.`;
  return key === 'name' ? `Your name is ${fact.value}.` : `You told me: ${wordsOf(key)}: ${fact.value}.`;
}

function keyAskedFor(question: string): string | undefined {
  for (const [expression, key] of questions) if (expression.test(question)) return key;
  const favorite = /\bwhat(?:'s| is) my favou?rite (\p{L}+)/iu.exec(question)?.[1];
  if (favorite !== undefined) return `favorite_${favorite.toLowerCase()}`;
  return /\bwhat(?:'s| is) my (dog|cat|wife|husband|partner|son|daughter|brother|sister)(?:'s name| called)/i
    .exec(question)?.[1]
    ?.toLowerCase();
}

function wordsOf(key: string): string {
  return key.replaceAll('_', ' ');
}
