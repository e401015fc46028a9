import { counted, stopped, text } from '../expectations.js';
import type { ExpectedAnswer } from '../stream-corpus.js';

/** A piece of a Chat Completions stream. */
export function chunk(choices: unknown[], more: object = {}): string {
  return JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'corpus', choices, ...more });
}

export function delta(message: unknown, more: object = {}): string {
  return chunk([{ index: 0, delta: message, ...more }]);
}

export const say = (content: string): string => delta({ content });

export const finish = (reason: string): string => delta({}, { finish_reason: reason });

export const usage = chunk([], { usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } });

export const done = '[DONE]';

/** What ends an answer properly. */
export const ending = [finish('stop'), usage, done];

export interface CallPiece {
  index?: number;
  id?: string | null;
  name?: string | null;
  arguments?: unknown;
}

/** Pieces of tool calls, as one delta. */
export function calls(...pieces: CallPiece[]): string {
  const tool_calls = pieces.map(({ index, id, name, arguments: args }) => ({
    ...(index !== undefined && { index }),
    ...(id !== undefined && { id, type: 'function' }),
    function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
  }));
  return delta({ tool_calls });
}

/** The answer to a stream that says this and ends properly. */
export function answered(said: string, more: Partial<ExpectedAnswer> = {}): ExpectedAnswer {
  return {
    content: said === '' ? [] : [text(said)],
    finish: stopped,
    usage: counted,
    responseId: 'c1',
    ...more,
  };
}
