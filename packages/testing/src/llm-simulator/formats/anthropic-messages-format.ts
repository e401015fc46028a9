import type { ResolvedReply } from '../replies/resolved-reply.js';
import { readAnthropicRequest } from '../requests/read-anthropic-request.js';
import { thinkingSignature } from '../requests/thinking-signature.js';
import type { SimulatedRequest } from '../simulated-request.js';
import type { StreamFrames } from './stream-frames.js';
import { StreamFramesBuilder } from './stream-frames.js';
import type { WireError, WireFormat } from './wire-format.js';

export const anthropicMessagesFormat: WireFormat = {
  provider: 'anthropic',
  streamContentType: 'text/event-stream; charset=utf-8',
  brokenLine: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":\n\n',

  readRequest: readAnthropicRequest,

  headers: (id) => ({ 'request-id': `req_${id}`, 'anthropic-organization-id': 'simulator' }),

  frames,

  complete: (request, reply) =>
    JSON.stringify({
      ...message(request, reply),
      content: contentBlocks(request, reply),
      stop_reason: stopReason(reply),
      stop_details: stopDetails(reply),
      usage: usageOf(reply),
    }),

  errorBody: (error, id) => JSON.stringify({ type: 'error', error: anthropicError(error), request_id: `req_${id}` }),

  streamError: (_request, reply, error) =>
    event('error', { type: 'error', error: anthropicError(error), request_id: `req_${reply.id}` }),
};

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One block after the other, each started, filled by deltas and stopped: thinking, text, then the tool calls. */
function frames(request: SimulatedRequest, reply: ResolvedReply): StreamFrames {
  const builder = new StreamFramesBuilder();
  let index = 0;

  const block = (start: Record<string, unknown>, deltaType: string, deltaKey: string, pieces: string[], end = '') => {
    builder.structure(event('content_block_start', { type: 'content_block_start', index, content_block: start }));
    if (index === 0) builder.structure(event('ping', { type: 'ping' }));
    const head =
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},` +
      `"delta":{"type":"${deltaType}","${deltaKey}":`;
    // A tool call's first fragment is empty.
    if (deltaType === 'input_json_delta') builder.structure(`${head}""}}\n\n`);
    for (const piece of pieces) builder.token(`${head}${JSON.stringify(piece)}}}\n\n`);
    builder.structure(end + event('content_block_stop', { type: 'content_block_stop', index }));
    index += 1;
  };

  if (reply.reasoning.length > 0) {
    const signature = thinkingSignature(reply.reasoning.join(''), request.model);
    const delta = { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature } };
    block(
      { type: 'thinking', thinking: '', signature: '' },
      'thinking_delta',
      'thinking',
      reply.reasoning,
      event('content_block_delta', delta),
    );
  }
  if (reply.text.length > 0) block({ type: 'text', text: '', citations: null }, 'text_delta', 'text', reply.text);
  reply.toolCalls.forEach((call, callIndex) => {
    const start = { type: 'tool_use', id: toolUseId(reply, callIndex), name: call.name, input: {}, caller };
    // An empty object is streamed as the empty first fragment alone.
    block(start, 'input_json_delta', 'partial_json', call.json === '{}' ? [] : call.fragments);
  });
  const {
    service_tier: _tier,
    cache_creation: _creation,
    inference_geo: _geo,
    speed: _speed,
    ...usage
  } = usageOf(reply);
  const delta = {
    container: null,
    stop_reason: stopReason(reply),
    stop_sequence: null,
    stop_details: stopDetails(reply),
  };
  builder.structure(event('message_delta', { type: 'message_delta', delta, usage }));
  builder.structure(event('message_stop', { type: 'message_stop' }));

  const start = {
    ...message(request, reply),
    usage: { ...usageOf(reply), output_tokens: 1, output_tokens_details: null },
  };
  return builder.finish('', event('message_start', { type: 'message_start', message: start }));
}

const caller = { type: 'direct' };

function message(request: SimulatedRequest, reply: ResolvedReply) {
  return {
    id: `msg_${reply.id}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
  };
}

function contentBlocks(request: SimulatedRequest, reply: ResolvedReply): unknown[] {
  const thinking = reply.reasoning.join('');
  return [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: thinkingSignature(thinking, request.model) }]),
    ...(reply.text.length === 0 ? [] : [{ type: 'text', text: reply.text.join(''), citations: null }]),
    ...reply.toolCalls.map((call, index) => ({
      type: 'tool_use',
      id: toolUseId(reply, index),
      name: call.name,
      input: parsedOrText(call.json),
      caller,
    })),
  ];
}

function parsedOrText(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function toolUseId(reply: ResolvedReply, index: number): string {
  return reply.toolCalls[index]?.id ?? `toolu_${reply.id}${index}`;
}

const stopReasons: Record<string, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

function stopReason(reply: ResolvedReply): string {
  return stopReasons[reply.stopReason] ?? reply.stopReason;
}

function stopDetails(reply: ResolvedReply) {
  return stopReason(reply) === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null;
}

/** `input_tokens` leaves out what the cache served or stored: the total is the sum of the three. */
function usageOf({ usage }: ResolvedReply) {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: usage.reasoningTokens > 0 ? { thinking_tokens: usage.reasoningTokens } : null,
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}

const errorTypes: Record<number, { type: string; message: string }> = {
  400: { type: 'invalid_request_error', message: 'Invalid request' },
  401: { type: 'authentication_error', message: 'invalid x-api-key' },
  402: { type: 'billing_error', message: 'Your credit balance is too low' },
  403: { type: 'permission_error', message: 'Your API key does not have permission to use the specified resource' },
  404: { type: 'not_found_error', message: 'model not found' },
  409: { type: 'conflict_error', message: 'Conflict' },
  413: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
  429: { type: 'rate_limit_error', message: "This request would exceed your account's rate limit" },
  504: { type: 'timeout_error', message: 'Request timed out' },
  529: { type: 'overloaded_error', message: 'Overloaded' },
};

function anthropicError(error: WireError): Record<string, unknown> {
  const usual = errorTypes[error.status] ?? {
    type: error.status >= 500 ? 'api_error' : 'invalid_request_error',
    message: 'Internal server error',
  };
  return { type: error.code ?? usual.type, message: error.message ?? usual.message, details: null };
}
