import type { ResolvedReply } from '../replies/resolved-reply.js';
import { readOllamaRequest } from '../requests/read-ollama-request.js';
import type { SimulatedRequest } from '../simulated-request.js';
import type { StreamFrames } from './stream-frames.js';
import { StreamFramesBuilder } from './stream-frames.js';
import type { WireError, WireFormat } from './wire-format.js';

export const ollamaChatFormat: WireFormat = {
  provider: 'ollama',
  streamContentType: 'application/x-ndjson',
  brokenLine: '{"model":"broken","message":{"role":"assistant","content":\n',

  readRequest: (body) => readOllamaRequest(body),

  headers: () => ({}),

  frames,

  complete: (request, reply) =>
    JSON.stringify({
      model: request.model,
      created_at: createdAt(reply),
      message: {
        role: 'assistant',
        content: reply.text.join(''),
        ...(reply.reasoning.length > 0 && { thinking: reply.reasoning.join('') }),
        ...(reply.toolCalls.length > 0 && { tool_calls: reply.toolCalls.map((_, index) => toolCall(reply, index)) }),
      },
      ...ending(reply),
    }),

  errorBody: (error) => JSON.stringify({ error: messageOf(error) }),

  streamError: (_request, _reply, error) => `${JSON.stringify({ error: messageOf(error) })}\n`,
};

/** One JSON object a line; a tool call comes whole, in a line of its own, so it counts as one token here. */
function frames(request: SimulatedRequest, reply: ResolvedReply): StreamFrames {
  const head =
    `{"model":${JSON.stringify(request.model)},"created_at":"${createdAt(reply)}","message":{"role":"assistant",` +
    '"content":';
  const tail = '},"done":false}\n';
  const builder = new StreamFramesBuilder();
  for (const token of reply.reasoning) builder.token(`${head}"","thinking":${JSON.stringify(token)}${tail}`);
  for (const token of reply.text) builder.token(`${head}${JSON.stringify(token)}${tail}`);
  reply.toolCalls.forEach((_, index) => {
    builder.token(`${head}"","tool_calls":${JSON.stringify([toolCall(reply, index)])}${tail}`);
  });
  builder.structure(`${head}""},${JSON.stringify(ending(reply)).slice(1)}\n`);
  return builder.finish('', '');
}

function createdAt(reply: ResolvedReply): string {
  return new Date(reply.created * 1000).toISOString();
}

/** Without an id unless the reply names one: clients must make their own. */
function toolCall(reply: ResolvedReply, index: number) {
  const { id, name = '', json = '{}' } = reply.toolCalls[index] ?? {};
  return { ...(id !== undefined && { id }), function: { index, name, arguments: argumentsOf(json) } };
}

function argumentsOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

const doneReasons: Record<string, string> = { tool_calls: 'stop', content_filter: 'stop', refusal: 'stop' };
const nanosecondsPerToken = 10_000_000;

function ending({ stopReason, usage }: ResolvedReply) {
  return {
    done_reason: doneReasons[stopReason] ?? stopReason,
    done: true,
    total_duration: (usage.inputTokens + usage.outputTokens) * nanosecondsPerToken,
    load_duration: nanosecondsPerToken,
    prompt_eval_count: usage.inputTokens,
    prompt_eval_duration: usage.inputTokens * nanosecondsPerToken,
    eval_count: usage.outputTokens,
    eval_duration: usage.outputTokens * nanosecondsPerToken,
  };
}

const messages: Record<number, string> = {
  400: 'invalid request',
  401: 'unauthorized',
  404: 'model not found, try pulling it first',
  429: 'too many requests',
  503: 'server busy, please try again. maximum pending requests exceeded',
};

function messageOf(error: WireError): string {
  return error.message ?? messages[error.status] ?? 'an error was encountered while running the model';
}
