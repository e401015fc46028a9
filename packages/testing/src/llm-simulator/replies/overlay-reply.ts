import type { SimulatedReply } from './simulated-reply.js';

/** Whether a reply says what to answer, so that nothing below it is to be mixed in. */
export function hasContent(reply: SimulatedReply): boolean {
  return reply.text !== undefined || reply.tokens !== undefined || reply.toolCalls !== undefined;
}

/** The upper reply's fields win; a reply with content replaces all content below it, and keeps pacing and faults. */
export function overlayReply(lower: SimulatedReply, upper: SimulatedReply): SimulatedReply {
  if (!hasContent(upper)) return { ...lower, ...upper };
  const { text: _text, tokens: _tokens, toolCalls: _toolCalls, ...rest } = lower;
  return { ...rest, ...upper };
}
