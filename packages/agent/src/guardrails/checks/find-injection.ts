import type { Finding, Passage } from './finding.js';
import type { InjectionRule } from './injection/injection-rule.js';
import { INSTRUCTION_IN_DATA_RULES } from './injection/instruction-in-data-rules.js';
import { plainLetters } from './injection/plain-letters.js';
import { readDisguised } from './injection/read-disguised.js';
import { FOREIGN_RULES, TAKEOVER_RULES } from './injection/takeover-rules.js';

const OF_ANYBODY = [...TAKEOVER_RULES, ...FOREIGN_RULES];
const OF_DATA = [...OF_ANYBODY, ...INSTRUCTION_IN_DATA_RULES];

const REPLACEMENT = '[removed: it read like instructions]';

/**
 * Signs that a text wants to take an agent over. Rules know phrases and disguises, not meanings: they are the first sieve,
 * and what an agent may do is decided elsewhere.
 * @param isData a text that is to be read and not obeyed, such as the result of a tool: there more is suspicious
 */
export function findInjection(text: string, isData = false): Finding | undefined {
  const rules = isData ? OF_DATA : OF_ANYBODY;
  const sign = signOf(text, rules) ?? disguisedSign(text);
  if (sign === undefined) return undefined;
  return {
    reason: sign,
    // Looked for only where they are to be taken out: it takes as long again.
    get passages() {
      return passagesOf(text, rules);
    },
  };
}

function passagesOf(text: string, rules: readonly InjectionRule[]): Passage[] {
  const sentences = sentencesOf(text).filter(({ start, end }) => signOf(text.slice(start, end), rules));
  const whole = [{ start: 0, end: text.length }];
  return (sentences.length > 0 ? sentences : whole).map((place) => ({ ...place, replacement: REPLACEMENT }));
}

function signOf(text: string, rules: readonly InjectionRule[]): string | undefined {
  const plain = plainLetters(text);
  return rules.find(({ patterns }) => patterns.some((pattern) => pattern.test(plain)))?.sign;
}

/** Only the signs that need no context: decoded noise must not become suspicious. */
function disguisedSign(text: string): string | undefined {
  for (const { text: hidden, as } of readDisguised(text)) {
    const sign = signOf(hidden, OF_ANYBODY);
    if (sign !== undefined) return `${sign} (${as})`;
  }
  return undefined;
}

function sentencesOf(text: string): { start: number; end: number }[] {
  return Array.from(text.matchAll(/[^.!?\n。！？]+[.!?。！？]*/g), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
