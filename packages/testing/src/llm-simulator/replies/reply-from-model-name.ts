import type { SimulatedRequest } from '../simulated-request.js';
import type { SimulatedReply } from './simulated-reply.js';

type Reader = (value: number | undefined, request: SimulatedRequest) => SimulatedReply;

/**
 * Words of a model name after `sim-`, each with an optional number, joined by hyphens:
 * `sim-tokens-100-delay-200-pace-20`, `sim-echo`, `sim-status-429-retry-2`, `sim-cut-5`.
 */
const readers: Record<string, Reader> = {
  tokens: (value = 100) => ({ tokens: value }),
  echo: (_value, request) => ({ text: request.lastUserText }),
  reasoning: (value = 1) => ({ reasoning: Array.from({ length: value }, () => 'hmm').join(' ') }),
  delay: (value = 200) => ({ delayMs: value }),
  pace: (value = 20) => ({ tokenDelayMs: value }),
  status: (value = 500) => ({ status: value >= 400 && value <= 599 ? value : 500 }),
  retry: (value = 1) => ({ retryAfter: value }),
  cut: (value = 1) => ({ cutAfter: value }),
  hang: (value) => ({ hang: value ?? 'before_headers' }),
  error: (value = 1) => ({ errorAfter: value }),
  split: (value) => ({ splitBytes: Math.max(1, value ?? 1) }),
  json: () => ({ garbage: 'json' }),
  html: () => ({ garbage: 'html' }),
  empty: () => ({ garbage: 'empty' }),
  sse: () => ({ garbage: 'sse' }),
};

/** Lets a client that can only choose a model steer the simulator; a vendor prefix and an Ollama tag are ignored. */
export function replyFromModelName(request: SimulatedRequest): SimulatedReply {
  const name = request.model.slice(request.model.lastIndexOf('/') + 1).replace(/:.*$/, '');
  if (!name.startsWith('sim-')) return {};
  const reply: SimulatedReply = {};
  for (const [, word = '', digits] of name.slice('sim'.length).matchAll(/-([a-z]+)(?:-(\d+))?/g)) {
    const reader = Object.hasOwn(readers, word) ? readers[word] : undefined;
    if (reader !== undefined) Object.assign(reply, reader(digits === undefined ? undefined : Number(digits), request));
  }
  return reply;
}
