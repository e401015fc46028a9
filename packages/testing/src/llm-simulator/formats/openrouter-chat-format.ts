import type { ResolvedReply } from '../replies/resolved-reply.js';
import { readOpenRouterRequest } from '../requests/read-openrouter-request.js';
import { thinkingSignature } from '../requests/thinking-signature.js';
import type { SimulatedRequest } from '../simulated-request.js';
import { openAiCallId, openAiContent, openAiFinishReason, openAiToolCalls, openAiUsage } from './openai-chat-format.js';
import type { StreamFrames } from './stream-frames.js';
import { StreamFramesBuilder } from './stream-frames.js';
import type { WireError, WireFormat } from './wire-format.js';

const reasoningFormat = 'anthropic-claude-v1';

export const openRouterChatFormat: WireFormat = {
  provider: 'openrouter',
  streamContentType: 'text/event-stream',
  brokenLine: 'data: {"id":"gen-broken","choices":[{"index":0,"delta":{"content":"\n\n',

  readRequest: (body) => readOpenRouterRequest(body),

  headers: (id) => ({ 'x-generation-id': `gen-${id}` }),

  frames,

  complete: (request, reply) =>
    JSON.stringify({
      id: `gen-${reply.id}`,
      provider: upstreamOf(request),
      model: modelOf(request),
      object: 'chat.completion',
      created: reply.created,
      choices: [
        {
          logprobs: null,
          finish_reason: openAiFinishReason(reply),
          native_finish_reason: nativeFinishReason(reply),
          index: 0,
          message: {
            role: 'assistant',
            ...openAiContent(reply),
            ...(reply.reasoning.length > 0 && {
              reasoning: reply.reasoning.join(''),
              reasoning_details: [
                {
                  type: 'reasoning.text',
                  text: reply.reasoning.join(''),
                  signature: signatureOf(request, reply),
                  format: reasoningFormat,
                  index: 0,
                },
              ],
            }),
            ...(reply.toolCalls.length > 0 && { tool_calls: openAiToolCalls(reply) }),
          },
        },
      ],
      usage: usageWithCost(reply),
    }),

  errorBody: (error) => JSON.stringify({ error: openRouterError(error) }),

  /** The failed upstream is reported as one more chunk, under the 200 that was already sent. */
  streamError: (request, reply, error) =>
    `data: ${JSON.stringify({
      id: `gen-${reply.id}`,
      object: 'chat.completion.chunk',
      created: reply.created,
      model: modelOf(request),
      provider: upstreamOf(request),
      error: { ...openRouterError(error, request), code: error.code ?? error.status },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: 'error' }],
    })}\n\ndata: [DONE]\n\n`,
};

function frames(request: SimulatedRequest, reply: ResolvedReply): StreamFrames {
  const shared =
    `data: {"id":"gen-${reply.id}","provider":"${upstreamOf(request)}","model":${JSON.stringify(modelOf(request))},` +
    `"object":"chat.completion.chunk","created":${reply.created},"choices":[`;
  const head = `${shared}{"index":0,"delta":{"role":"assistant",`;
  const tail = '},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}\n\n';

  const builder = new StreamFramesBuilder();
  for (const token of reply.reasoning) {
    const text = JSON.stringify(token);
    const detail = `{"type":"reasoning.text","text":${text},"format":"${reasoningFormat}","index":0}`;
    builder.token(`${head}"content":"","reasoning":${text},"reasoning_details":[${detail}]${tail}`);
  }
  if (reply.reasoning.length > 0) {
    const signature = signatureOf(request, reply);
    const detail = `{"type":"reasoning.text","signature":"${signature}","format":"${reasoningFormat}","index":0}`;
    builder.structure(`${head}"content":"","reasoning":null,"reasoning_details":[${detail}]${tail}`);
  }
  const textKey = reply.stopReason === 'refusal' ? 'refusal' : 'content';
  for (const token of reply.text) builder.token(`${head}"${textKey}":${JSON.stringify(token)}${tail}`);
  reply.toolCalls.forEach((call, index) => {
    const first = [
      { index, id: openAiCallId(reply, index), type: 'function', function: { name: call.name, arguments: '' } },
    ];
    builder.structure(`${head}"content":null,"tool_calls":${JSON.stringify(first)}${tail}`);
    for (const fragment of call.fragments) {
      const delta = `[{"index":${index},"type":"function","function":{"arguments":${JSON.stringify(fragment)}}}]`;
      builder.token(`${head}"content":null,"tool_calls":${delta}${tail}`);
    }
  });
  builder.structure(
    `${head}"content":""},"finish_reason":"${openAiFinishReason(reply)}",` +
      `"native_finish_reason":"${nativeFinishReason(reply)}","logprobs":null}]}\n\n`,
  );
  builder.structure(`${shared}],"usage":${JSON.stringify(usageWithCost(reply))}}\n\n`);
  builder.structure('data: [DONE]\n\n');
  return builder.finish(': OPENROUTER PROCESSING\n\n', '');
}

function modelOf({ model, servedBy }: SimulatedRequest): string {
  return servedBy?.model ?? model;
}

function upstreamOf({ servedBy }: SimulatedRequest): string {
  return servedBy?.upstream ?? 'Simulator';
}

function signatureOf(request: SimulatedRequest, reply: ResolvedReply): string {
  return thinkingSignature(reply.reasoning.join(''), `${upstreamOf(request)} ${modelOf(request)}`);
}

function nativeFinishReason(reply: ResolvedReply): string {
  return reply.stopReason === 'stop' ? 'completed' : reply.stopReason;
}

function usageWithCost(reply: ResolvedReply) {
  return {
    ...openAiUsage(reply),
    cost: reply.usage.cost,
    is_byok: false,
    cost_details: { upstream_inference_cost: null },
  };
}

const messages: Record<number, string> = {
  400: 'Invalid request parameters',
  401: 'User not found.',
  402: 'Insufficient credits',
  403: 'Your input was flagged',
  404: 'No endpoints found for this model.',
  408: 'Request timed out',
  429: 'Rate limit exceeded',
  502: 'Provider returned error',
  503: 'No available model provider meets your routing requirements',
};

function openRouterError(error: WireError, request?: SimulatedRequest): Record<string, unknown> {
  return {
    code: error.status,
    message: error.message ?? messages[error.status] ?? 'Internal Server Error',
    metadata: {
      provider_name: request === undefined ? 'Simulator' : upstreamOf(request),
      ...(error.code !== undefined && { error_type: error.code }),
    },
  };
}
