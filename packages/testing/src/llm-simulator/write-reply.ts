import { setImmediate } from 'node:timers/promises';
import type { Exchange } from './exchange.js';
import type { StreamFrames } from './formats/stream-frames.js';
import type { WireError, WireFormat } from './formats/wire-format.js';
import type { ResolvedReply } from './replies/resolved-reply.js';
import type { SimulatedReply } from './replies/simulated-reply.js';
import type { SimulatedRequest } from './simulated-request.js';

export interface Answer {
  format: WireFormat;
  request: SimulatedRequest;
  /** Pacing and faults. */
  reply: SimulatedReply;
  resolved: ResolvedReply;
}

const jsonType = 'application/json';
const overloadedStatus = { openai: 500, anthropic: 529, openrouter: 502, ollama: 500 };

/** Writes an answer as its reply says: at once, paced, or broken in the way that was asked for. */
export async function writeReply(exchange: Exchange, answer: Answer): Promise<void> {
  const { format, request, reply, resolved } = answer;
  if (reply.hang === 'before_headers') return exchange.waitUntilClosed();
  if (reply.status !== undefined && reply.errorAfter === undefined && reply.garbage === undefined) {
    await exchange.waitUntil(Date.now() + (reply.delayMs ?? 0));
    return writeError(exchange, format, resolved.id, errorOf(answer, reply.status), reply);
  }
  if (reply.garbage !== undefined && (reply.garbage !== 'sse' || !request.stream))
    return writeGarbage(exchange, answer);
  return request.stream ? writeStream(exchange, answer) : writeComplete(exchange, answer);
}

export function writeError(
  exchange: Exchange,
  format: WireFormat,
  id: string,
  error: WireError,
  reply: SimulatedReply = {},
): void {
  if (exchange.closed) return;
  exchange.record.outcome = 'refused';
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  writeHead(exchange, error.status, {
    'content-type': jsonType,
    ...format.headers(id),
    ...(reply.retryAfter !== undefined && { 'retry-after': String(reply.retryAfter) }),
    ...reply.headers,
  });
  exchange.response.end(format.errorBody(error, id));
}

function errorOf({ reply }: Answer, status: number): WireError {
  return { status, message: reply.errorMessage, code: reply.errorCode };
}

function streamErrorOf(answer: Answer): WireError {
  return errorOf(answer, answer.reply.status ?? overloadedStatus[answer.request.provider]);
}

function writeHead(exchange: Exchange, status: number, headers: Record<string, string>): void {
  exchange.record.status = status;
  exchange.response.writeHead(status, headers);
}

const garbageBodies = {
  json: { type: jsonType, body: '{"id": "broken", "choices": [{"message": {"content": "never clo' },
  html: { type: 'text/html', body: '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>' },
  empty: { type: jsonType, body: '' },
  sse: { type: jsonType, body: 'data: {"choices": [{"index": 0,\n\n' },
};

async function writeGarbage(exchange: Exchange, { format, reply, resolved }: Answer): Promise<void> {
  await exchange.waitUntil(Date.now() + (reply.delayMs ?? 0));
  if (exchange.closed) return;
  const { type, body } = garbageBodies[reply.garbage ?? 'empty'];
  exchange.record.outcome = 'garbage';
  writeHead(exchange, reply.status ?? 200, { 'content-type': type, ...format.headers(resolved.id), ...reply.headers });
  exchange.response.end(body);
}

async function writeComplete(exchange: Exchange, answer: Answer): Promise<void> {
  const { format, request, reply, resolved } = answer;
  const tokens = resolved.reasoning.length + resolved.text.length + resolved.toolCalls.reduce(countFragments, 0);
  const time = (reply.delayMs ?? 0) + (reply.tokenDelayMs ?? 0) * tokens;
  if (time > 0) await exchange.waitUntil(Date.now() + time);
  if (exchange.closed) return;
  if (reply.errorAfter !== undefined) {
    return writeError(exchange, format, resolved.id, streamErrorOf(answer), reply);
  }
  const body = format.complete(request, resolved);
  writeHead(exchange, 200, {
    'content-type': jsonType,
    'content-length': String(Buffer.byteLength(body)),
    ...format.headers(resolved.id),
    ...reply.headers,
  });
  if (reply.cutAfter !== undefined || reply.hang !== undefined) {
    exchange.response.write(body.slice(0, body.length / 2));
    return reply.cutAfter !== undefined ? exchange.cut() : exchange.waitUntilClosed();
  }
  if (reply.splitBytes !== undefined) await writePieces(exchange, body, reply.splitBytes);
  if (exchange.closed) return;
  finish(exchange, tokens, reply.splitBytes === undefined ? body : '');
}

function countFragments(sum: number, call: ResolvedReply['toolCalls'][number]): number {
  return sum + call.fragments.length;
}

function finish(exchange: Exchange, tokens: number, rest: string): void {
  exchange.record.firstTokenAt ??= Date.now();
  exchange.record.tokensEmitted = tokens;
  exchange.record.outcome = 'completed';
  exchange.response.end(rest);
}

async function writeStream(exchange: Exchange, answer: Answer): Promise<void> {
  const { format, request, reply, resolved } = answer;
  const frames = format.frames(request, resolved);
  writeHead(exchange, 200, {
    'content-type': format.streamContentType,
    'cache-control': 'no-cache',
    // Said out loud, or node counts the bytes of a body that is written at once and sends it with a length.
    'transfer-encoding': 'chunked',
    ...format.headers(resolved.id),
    ...reply.headers,
  });
  const fault = faultOf(reply);
  if (fault === undefined && !reply.delayMs && !reply.tokenDelayMs && reply.splitBytes === undefined) {
    // Without pacing the whole stream is one write: the burst that benchmarks run against.
    finish(exchange, frames.tokens.length, frames.preamble + frames.open + frames.tokens.join('') + frames.close);
    return;
  }
  await writeTokens(exchange, reply, frames, Math.min(fault?.after ?? Number.POSITIVE_INFINITY, frames.tokens.length));
  if (exchange.closed) return;
  switch (fault?.kind) {
    case undefined:
      await write(exchange, frames.close, reply.splitBytes);
      if (!exchange.closed) finish(exchange, frames.tokens.length, '');
      return;
    case 'cut':
      return exchange.cut();
    case 'hang':
      return exchange.waitUntilClosed();
    case 'garbage':
      exchange.record.outcome = 'garbage';
      exchange.response.end(format.brokenLine);
      return;
    case 'error':
      exchange.record.outcome = 'stream_error';
      exchange.response.end(format.streamError(request, resolved, streamErrorOf(answer)));
  }
}

type Fault = { kind: 'cut' | 'hang' | 'error' | 'garbage'; after: number };

function faultOf(reply: SimulatedReply): Fault | undefined {
  if (reply.cutAfter !== undefined) return { kind: 'cut', after: reply.cutAfter };
  if (typeof reply.hang === 'number') return { kind: 'hang', after: reply.hang };
  if (reply.errorAfter !== undefined) return { kind: 'error', after: reply.errorAfter };
  return reply.garbage === 'sse' ? { kind: 'garbage', after: 1 } : undefined;
}

/**
 * Each token is due at a time counted from the start, not from the token before, so that late timers do not add up;
 * tokens that are due together still get a write each.
 */
async function writeTokens(exchange: Exchange, reply: SimulatedReply, frames: StreamFrames, count: number) {
  const { delayMs = 0, tokenDelayMs = 0, splitBytes } = reply;
  const { record } = exchange;
  let due = Date.now() + delayMs;
  if (frames.preamble !== '') await write(exchange, frames.preamble, splitBytes);
  else if (delayMs > 0) exchange.response.flushHeaders();
  if (delayMs > 0) await exchange.waitUntil(due);
  if (exchange.closed) return;
  for (let index = 0; index < count; index += 1) {
    const token = frames.tokens[index] ?? '';
    if (index > 0 && tokenDelayMs > 0) {
      due += tokenDelayMs;
      await exchange.waitUntil(due);
      if (exchange.closed) return;
    }
    const written = write(exchange, index === 0 ? frames.open + token : token, splitBytes);
    if (written !== undefined) await written;
    if (exchange.closed) return;
    record.firstTokenAt ??= Date.now();
    record.tokensEmitted = index + 1;
  }
  if (count === 0) await write(exchange, frames.open, splitBytes);
}

/** @returns a promise only when the text is split, so that an ordinary write costs no turn of the loop */
function write(exchange: Exchange, text: string, splitBytes: number | undefined): Promise<void> | undefined {
  if (splitBytes !== undefined) return writePieces(exchange, text, splitBytes);
  if (text !== '') exchange.response.write(text);
  return undefined;
}

/** A turn of the event loop between two pieces makes them separate packets. */
async function writePieces(exchange: Exchange, text: string, size: number): Promise<void> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length && !exchange.closed; start += size) {
    exchange.response.write(bytes.subarray(start, start + size));
    await setImmediate();
  }
}
