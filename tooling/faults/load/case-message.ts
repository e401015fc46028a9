import { hashText } from '../random.js';
import type { CallName, CasePlan } from './case-plan.js';

const MESSAGE =
  /^Case ([\w.-]+): (.*)say (\d+) words every (\d+) ms(?:, one of them (secret|forbidden))?(?:, as JSON after (\d+) misfits)?\.$/;

export function messageOf({ id, rounds, tokens, paceMs, holds, misfits }: CasePlan): string {
  const calls = rounds.map((round) => `call ${round.join(' and ')}, then `).join('');
  const held = holds ? `, one of them ${holds}` : '';
  const typed = misfits === undefined ? '' : `, as JSON after ${misfits} misfits`;
  return `Case ${id}: ${calls}say ${tokens} words every ${paceMs} ms${held}${typed}.`;
}

/** Undefined when the text is none of the load's messages. */
export function readMessage(text: string): CasePlan | undefined {
  const [, id, calls, tokens, paceMs, holds, misfits] = MESSAGE.exec(text) ?? [];
  if (id === undefined || calls === undefined) return undefined;
  const rounds = [...calls.matchAll(/call ([\w ]+), then /g)].map(
    ([, names = '']) => names.split(' and ') as CallName[],
  );
  return {
    id,
    rounds,
    tokens: Number(tokens),
    paceMs: Number(paceMs),
    ...(holds && { holds: holds as 'secret' | 'forbidden' }),
    ...(misfits && { misfits: Number(misfits) }),
  };
}

/** The case that a text speaks of, where it holds more than a message; undefined: none. */
export function caseIn(text: string): string | undefined {
  return /\br\d+-[\w-]+(?:\.\d+\.\d+)*/.exec(text)?.[0];
}

const WORDS = 'lamp stage curtain song story voice row dusk turn laughter mask script prompt encore wing'.split(' ');

/** What the agent of guardrails says in place of an answer that it may not give. */
export const NOT_TOLD = 'That is not for everyone.';

/** By which its guardrails know what is to be taken out, and what nobody may read. */
const SECRET = /secret-\w+/g;
export const FORBIDDEN = /forbidden-\w+/;

/** A word that is different for each case. */
export function heldWord(kind: 'secret' | 'forbidden', id: string): string {
  return `${kind}-${hashText(id).toString(36)}`;
}

/** The one right answer of a case: as many words as asked for, different for each case. */
export function answerOf(plan: CasePlan): string {
  const words = wordsOf(plan);
  if (plan.misfits !== undefined) return JSON.stringify({ case: plan.id, words });
  return `${plan.id} ${words.join(' ')}`;
}

function wordsOf({ id, tokens, holds }: CasePlan): string[] {
  const start = hashText(id);
  const words = Array.from({ length: tokens }, (_, index) => WORDS[(start + index * 7) % WORDS.length] ?? '');
  return holds ? words.toSpliced(Math.floor(tokens / 2), 0, heldWord(holds, id)) : words;
}

/** The answer as guardrails let it be told. */
export function toldAnswerOf(plan: CasePlan): string {
  return plan.holds === 'forbidden' ? NOT_TOLD : answerOf(plan).replaceAll(SECRET, '[removed]');
}

/** What cases with JSON for an answer ask for. */
export const OUTPUT_SCHEMA = {
  type: 'object',
  properties: { case: { type: 'string' }, words: { type: 'array', items: { type: 'string' } } },
  required: ['case', 'words'],
  additionalProperties: false,
};

/** Further answers that a model may give when one does not fit; the server's default. */
export const OUTPUT_RETRIES = 2;

/** An answer that does not fit what was asked for: JSON with a field of another type. */
export function misfitOf({ id }: CasePlan, number: number): string {
  return JSON.stringify({ case: id, words: number });
}

/** What is said before the calls of a round are made; never part of the answer. */
export function remarkOf(id: string, round: number): string {
  return `Round ${round} of ${id}.`;
}

/** What a person answers who is asked something. */
export function replyTo(question: string): string {
  return `The answer to ${question}.`;
}
