import { performance } from 'node:perf_hooks';

/** What one answer was like. Milliseconds of `performance.now()`. */
export interface ReplyMeasure {
  askedAt: number;
  /** When each piece of text arrived, and what it said. */
  pieces: { at: number; text: string }[];
  endedAt: number;
  tokenCharacters: number;
  bodyCharacters: number;
  /** Why the answer is worth nothing. */
  problem?: string;
}

export function startMeasure(): ReplyMeasure {
  return { askedAt: performance.now(), pieces: [], endedAt: 0, tokenCharacters: 0, bodyCharacters: 0 };
}
