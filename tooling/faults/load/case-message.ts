import { hashText } from '../random.js';

export const TOOLS = ['lookup', 'reserve', 'charge'] as const;

export type ToolName = (typeof TOOLS)[number];

/** What a tool may do twice, by its name. */
export const TOOL_CLASSES: Readonly<Record<ToolName, 'read' | 'idempotent' | 'effect'>> = {
  lookup: 'read',
  reserve: 'idempotent',
  charge: 'effect',
};

/** What a run is to do. The user's message says it, so that the provider needs no memory and no secret channel. */
export interface CasePlan {
  /** Unique: in the message, in the answer, in the arguments of every tool call. */
  id: string;
  /** The tools of each round before the answer. */
  rounds: ToolName[][];
  tokens: number;
  /** Milliseconds between two tokens. */
  paceMs: number;
}

const MESSAGE = /^Case ([\w-]+): (.*)say (\d+) words every (\d+) ms\.$/;

export function messageOf({ id, rounds, tokens, paceMs }: CasePlan): string {
  const calls = rounds.map((round) => `call ${round.join(' and ')}, then `).join('');
  return `Case ${id}: ${calls}say ${tokens} words every ${paceMs} ms.`;
}

/** Undefined when the text is none of the load's messages. */
export function readMessage(text: string): CasePlan | undefined {
  const [, id, calls, tokens, paceMs] = MESSAGE.exec(text) ?? [];
  if (id === undefined || calls === undefined) return undefined;
  const rounds = [...calls.matchAll(/call ([\w ]+), then /g)].map(
    ([, names = '']) => names.split(' and ') as ToolName[],
  );
  return { id, rounds, tokens: Number(tokens), paceMs: Number(paceMs) };
}

/** What a tool is called with, and by which it is recognised: the case, the round, the place in it. */
export function callName(id: string, round: number, index: number): string {
  return `${id}/${round}/${index}`;
}

const WORDS = 'lamp stage curtain song story voice row dusk turn laughter mask script prompt encore wing'.split(' ');

/** The one right answer of a case: as many words as asked for, different for each case. */
export function answerOf({ id, tokens }: CasePlan): string {
  const start = hashText(id);
  const words = Array.from({ length: tokens }, (_, index) => WORDS[(start + index * 7) % WORDS.length]);
  return `${id} ${words.join(' ')}`;
}

/** What is said before the tools of a round are called; never part of the answer. */
export function remarkOf(id: string, round: number): string {
  return `Round ${round} of ${id}.`;
}
