import { counted, text } from '../expectations.js';
import type { ExpectedAnswer } from '../stream-corpus.js';

/** A Responses event with its name, as OpenAI writes both. */
export function event(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

const response = (more: object) => ({ response: { id: 'r1', object: 'response', model: 'corpus', ...more } });

export const usage = { input_tokens: 9, output_tokens: 2, total_tokens: 11 };

export const created =
  event('response.created', response({ status: 'in_progress', output: [], usage: null })) +
  event('response.in_progress', response({ status: 'in_progress', output: [], usage: null }));

export const added = (item: object, output_index = 0): string =>
  event('response.output_item.added', { output_index, item });

export const itemDone = (item: object, output_index = 0): string =>
  event('response.output_item.done', { output_index, item });

export const say = (delta: unknown, output_index = 0): string =>
  event('response.output_text.delta', { item_id: 'msg', output_index, content_index: 0, delta });

export const refuse = (delta: string, output_index = 0): string =>
  event('response.refusal.delta', { item_id: 'msg', output_index, content_index: 0, delta });

export const args = (delta: unknown, output_index = 0): string =>
  event('response.function_call_arguments.delta', { item_id: 'fc', output_index, delta });

export const summarize = (delta: string, summary_index = 0, output_index = 0): string =>
  event('response.reasoning_summary_text.delta', { item_id: 'rs', output_index, summary_index, delta });

export const messageItem = (...content: object[]) => ({
  id: 'msg',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content,
});

export const textPart = (said: string) => ({ type: 'output_text', text: said, annotations: [] });

export const callItem = (call_id: string | undefined, name: string | undefined, written: unknown) => ({
  id: `fc_${call_id}`,
  type: 'function_call',
  status: 'completed',
  ...(call_id !== undefined && { call_id }),
  ...(name !== undefined && { name }),
  arguments: written,
});

export const reasoningItem = (more: object = {}) => ({ id: 'rs', type: 'reasoning', summary: [], ...more });

/** A message in these pieces, with all the events that OpenAI sends around them. */
export function message(pieces: readonly string[], index = 0): string {
  const whole = pieces.join('');
  return [
    added({ ...messageItem(), status: 'in_progress' }, index),
    event('response.content_part.added', { output_index: index, content_index: 0, part: textPart('') }),
    ...pieces.map((piece) => say(piece, index)),
    event('response.output_text.done', { output_index: index, content_index: 0, text: whole }),
    event('response.content_part.done', { output_index: index, content_index: 0, part: textPart(whole) }),
    itemDone(messageItem(textPart(whole)), index),
  ].join('');
}

/** A call whose arguments come in these pieces. */
export function called(call_id: string, name: string, pieces: readonly string[], index = 0): string {
  const written = pieces.join('');
  return [
    added({ ...callItem(call_id, name, ''), status: 'in_progress' }, index),
    ...pieces.map((piece) => args(piece, index)),
    event('response.function_call_arguments.done', { output_index: index, arguments: written }),
    itemDone(callItem(call_id, name, written), index),
  ].join('');
}

export const completed = (more: object = {}): string =>
  event('response.completed', response({ status: 'completed', usage, ...more }));

export const incomplete = (reason: string): string =>
  event('response.incomplete', response({ status: 'incomplete', incomplete_details: { reason }, usage }));

export const responseFailed = (error: unknown): string =>
  event('response.failed', response({ status: 'failed', error, usage: null }));

export function answered(said: string, more: Partial<ExpectedAnswer> = {}): ExpectedAnswer {
  return {
    content: said === '' ? [] : [text(said)],
    finish: { reason: 'stop', raw: 'completed' },
    usage: counted,
    responseId: 'r1',
    ...more,
  };
}
