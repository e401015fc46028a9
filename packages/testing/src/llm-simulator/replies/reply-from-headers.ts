import type { IncomingHttpHeaders } from 'node:http';
import { RejectedRequest } from '../requests/rejected-request.js';
import type { SimulatedReply } from './simulated-reply.js';
import { simulatedReplySchema } from './simulated-reply.js';

/** `x-sim-<field>`, the reply's fields in kebab case. */
const fields: Record<string, keyof SimulatedReply> = {
  'x-sim-text': 'text',
  'x-sim-tokens': 'tokens',
  'x-sim-tool-calls': 'toolCalls',
  'x-sim-reasoning': 'reasoning',
  'x-sim-usage': 'usage',
  'x-sim-stop-reason': 'stopReason',
  'x-sim-delay-ms': 'delayMs',
  'x-sim-token-delay-ms': 'tokenDelayMs',
  'x-sim-status': 'status',
  'x-sim-retry-after': 'retryAfter',
  'x-sim-error-message': 'errorMessage',
  'x-sim-error-code': 'errorCode',
  'x-sim-cut-after': 'cutAfter',
  'x-sim-hang': 'hang',
  'x-sim-garbage': 'garbage',
  'x-sim-split-bytes': 'splitBytes',
  'x-sim-error-after': 'errorAfter',
};

const texts = new Set<keyof SimulatedReply>(['text', 'reasoning', 'stopReason', 'errorMessage', 'errorCode']);

/**
 * Reads the reply's fields from headers; those that are not text hold JSON.
 * @throws RejectedRequest for an unknown `x-sim-` header or a value out of range, so that a typo does not pass silently
 */
export function replyFromHeaders(headers: IncomingHttpHeaders): SimulatedReply {
  let found: Record<string, unknown> | undefined;
  for (const name in headers) {
    if (!name.startsWith('x-sim-')) continue;
    const field = fields[name];
    if (field === undefined) throw new RejectedRequest(400, `simulator: unknown header ${name}`);
    found ??= {};
    found[field] = texts.has(field) ? headers[name] : jsonOrText(String(headers[name]));
  }
  if (found === undefined) return {};
  const parsed = simulatedReplySchema.safeParse(found);
  if (!parsed.success) throw new RejectedRequest(400, `simulator: invalid x-sim- header: ${parsed.error.message}`);
  return parsed.data;
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
