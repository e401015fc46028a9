import type { ResolvedReply } from '../replies/resolved-reply.js';
import { readOpenAiRequest } from '../requests/read-openai-request.js';
import type { SimulatedRequest } from '../simulated-request.js';
import type { StreamFrames } from './stream-frames.js';
import { StreamFramesBuilder } from './stream-frames.js';
import type { WireError, WireFormat } from './wire-format.js';

export const openAiChatFormat: WireFormat = {
  provider: 'openai',
  streamContentType: 'text/event-stream; charset=utf-8',
  brokenLine: 'data: {"id":"chatcmpl-broken","choices":[{"index":0,"delta":{"content":"\n\n',

  readRequest: (body) => readOpenAiRequest('openai', body),

  headers: (id) => ({
    'openai-version': '2020-10-01',
    'openai-processing-ms': '1',
    'x-request-id': `req_${id}`,
  }),

  frames,

  complete: (request, reply) =>
    JSON.stringify({
      id: `chatcmpl-${reply.id}`,
      object: 'chat.completion',
      created: reply.created,
      model: request.model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            ...openAiContent(reply),
            ...(reply.toolCalls.length > 0 && { tool_calls: openAiToolCalls(reply) }),
            annotations: [],
          },
          logprobs: null,
          finish_reason: openAiFinishReason(reply),
        },
      ],
      usage: openAiUsage(reply),
      service_tier: 'default',
      system_fingerprint: 'fp_simulator',
    }),

  errorBody: (error) => JSON.stringify({ error: openAiError(error) }),

  streamError: (_request, _reply, error) => `data: ${JSON.stringify({ error: openAiError(error) })}\n\n`,
};

/** OpenAI's order: the role alone, content or tool-call deltas, the finish reason with an empty delta, usage, [DONE]. */
function frames(request: SimulatedRequest, reply: ResolvedReply): StreamFrames {
  const shared =
    `data: {"id":"chatcmpl-${reply.id}","object":"chat.completion.chunk","created":${reply.created},` +
    `"model":${JSON.stringify(request.model)},"service_tier":"default","system_fingerprint":"fp_simulator","choices":[`;
  const head = `${shared}{"index":0,"delta":`;
  const end = request.includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const tail = `,"logprobs":null,"finish_reason":null}${end}`;

  const builder = new StreamFramesBuilder();
  const textKey = reply.stopReason === 'refusal' ? 'refusal' : 'content';
  for (const token of reply.text) builder.token(`${head}{"${textKey}":${JSON.stringify(token)}}${tail}`);
  reply.toolCalls.forEach((call, index) => {
    const first = {
      tool_calls: [
        { index, id: openAiCallId(reply, index), type: 'function', function: { name: call.name, arguments: '' } },
      ],
    };
    builder.structure(`${head}${JSON.stringify(first)}${tail}`);
    for (const fragment of call.fragments) {
      builder.token(
        `${head}{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(fragment)}}}]}${tail}`,
      );
    }
  });
  builder.structure(`${head}{},"logprobs":null,"finish_reason":"${openAiFinishReason(reply)}"}${end}`);
  if (request.includeUsage) builder.structure(`${shared}],"usage":${JSON.stringify(openAiUsage(reply))}}\n\n`);
  builder.structure('data: [DONE]\n\n');

  const content = reply.text.length > 0 && textKey === 'content' ? '""' : 'null';
  return builder.finish('', `${head}{"role":"assistant","content":${content},"refusal":null}${tail}`);
}

export function openAiCallId(reply: ResolvedReply, index: number): string {
  return reply.toolCalls[index]?.id ?? `call_${reply.id}${index}`;
}

export function openAiToolCalls(reply: ResolvedReply): unknown[] {
  return reply.toolCalls.map((call, index) => ({
    id: openAiCallId(reply, index),
    type: 'function',
    function: { name: call.name, arguments: call.json },
  }));
}

export function openAiContent(reply: ResolvedReply): { content: string | null; refusal: string | null } {
  const text = reply.text.length > 0 ? reply.text.join('') : null;
  return reply.stopReason === 'refusal' ? { content: null, refusal: text } : { content: text, refusal: null };
}

/** A refusal finishes with `stop`: it shows in its own field of the message. */
export function openAiFinishReason(reply: ResolvedReply): string {
  return reply.stopReason === 'refusal' ? 'stop' : reply.stopReason;
}

export function openAiUsage({ usage }: ResolvedReply) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

const errors: Record<number, { type: string; code: string | null; message: string }> = {
  400: { type: 'invalid_request_error', code: null, message: 'Invalid request.' },
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  403: { type: 'invalid_request_error', code: 'unsupported_country_region_territory', message: 'Not permitted.' },
  404: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model does not exist.' },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' },
  503: { type: 'service_unavailable_error', code: null, message: 'The server is overloaded or not ready yet.' },
};

export function openAiError(error: WireError): Record<string, unknown> {
  const usual = errors[error.status] ?? {
    type: error.status >= 500 ? 'server_error' : 'invalid_request_error',
    code: null,
    message: 'The server had an error while processing your request. Sorry about that!',
  };
  return {
    message: error.message ?? usual.message,
    type: usual.type,
    param: error.param ?? null,
    code: error.code ?? usual.code,
  };
}
