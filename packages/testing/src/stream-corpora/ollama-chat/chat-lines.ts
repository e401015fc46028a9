import type { JsonValue } from '@troupe/contracts';
import { counted, stopped, text } from '../expectations.js';
import type { ExpectedAnswer } from '../stream-corpus.js';

/** A line of an `/api/chat` stream. */
export function line(fields: object): string {
  return `${JSON.stringify({ model: 'corpus', created_at: '2026-11-20T10:00:00Z', ...fields })}\n`;
}

export const message = (fields: object): string => line({ message: { role: 'assistant', ...fields }, done: false });

export const say = (content: string): string => message({ content });

export const think = (thinking: string): string => message({ content: '', thinking });

export interface WholeCall {
  id?: string;
  name?: string;
  arguments?: JsonValue;
}

/** Calls come whole and several in one line. */
export const calls = (...made: WholeCall[]): string =>
  message({
    content: '',
    tool_calls: made.map(({ id, ...called }) => ({ ...(id !== undefined && { id }), function: called })),
  });

const counts = { prompt_eval_count: 9, eval_count: 2, total_duration: 12_345_678_901 };

/** The last line; fields that are undefined are left out. */
export const end = (fields: object = {}): string =>
  line({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', ...counts, ...fields });

/** `/api/chat` names no response. */
export function answered(said: string, more: Partial<ExpectedAnswer> = {}): ExpectedAnswer {
  return { content: said === '' ? [] : [text(said)], finish: stopped, usage: counted, ...more };
}
