import type { JsonObject } from '@troupe/contracts';
import { counted, text } from '../expectations.js';
import type { ExpectedAnswer } from '../stream-corpus.js';

/** A Messages event with its name, as Anthropic writes both. */
export function event(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

export function start(message: object = {}): string {
  const usage = { input_tokens: 9, output_tokens: 1 };
  return event('message_start', {
    message: {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'corpus',
      content: [],
      stop_reason: null,
      usage,
      ...message,
    },
  });
}

export const open = (block: object, index = 0): string => event('content_block_start', { index, content_block: block });

export const openText = (index = 0): string => open({ type: 'text', text: '' }, index);

export const openTool = (id: string, name: string, index = 0, input: unknown = {}): string =>
  open({ type: 'tool_use', id, name, input }, index);

export const delta = (piece: object, index = 0): string => event('content_block_delta', { index, delta: piece });

export const say = (said: string, index = 0): string => delta({ type: 'text_delta', text: said }, index);

export const args = (partial_json: string, index = 0): string =>
  delta({ type: 'input_json_delta', partial_json }, index);

export const think = (thinking: string, index = 0): string => delta({ type: 'thinking_delta', thinking }, index);

export const sign = (signature: string, index = 0): string => delta({ type: 'signature_delta', signature }, index);

export const close = (index = 0): string => event('content_block_stop', { index });

export const ping = event('ping');

export function finish(stop_reason: string | null, usage: JsonObject | null = { output_tokens: 2 }): string {
  return event('message_delta', { delta: { stop_reason, stop_sequence: null }, ...(usage !== null && { usage }) });
}

export const stop = event('message_stop');

export const ending = finish('end_turn') + stop;

/** One block of text that is streamed in these pieces, from its start to its end. */
export const textBlock = (...pieces: string[]): string =>
  openText() + pieces.map((piece) => say(piece)).join('') + close();

export function answered(said: string, more: Partial<ExpectedAnswer> = {}): ExpectedAnswer {
  return {
    content: said === '' ? [] : [text(said)],
    finish: { reason: 'stop', raw: 'end_turn' },
    usage: counted,
    responseId: 'm1',
    ...more,
  };
}
