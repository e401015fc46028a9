import type { ResolvedReply } from '../replies/resolved-reply.js';
import type { JsonObject } from '../requests/json-object.js';
import { readResponsesRequest } from '../requests/read-responses-request.js';
import { encryptedReasoning, outputItemId, reasoningItemId } from '../requests/responses-items.js';
import type { SimulatedRequest } from '../simulated-request.js';
import { openAiCallId, openAiChatFormat, openAiError } from './openai-chat-format.js';
import type { StreamFrames } from './stream-frames.js';
import { StreamFramesBuilder } from './stream-frames.js';
import type { WireFormat } from './wire-format.js';

/** OpenAI's Responses API, without its memory: an answer is items, a stream is events that build them. */
export const openAiResponsesFormat: WireFormat = {
  provider: 'openai',
  streamContentType: 'text/event-stream; charset=utf-8',
  brokenLine: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"\n\n',

  readRequest: readResponsesRequest,
  headers: openAiChatFormat.headers,
  errorBody: openAiChatFormat.errorBody,
  frames,

  complete: (request, reply) => JSON.stringify(endedResponse(request, reply)),

  streamError: (request, reply, error) => {
    const { code, type, message } = openAiError(error);
    const failure = { code: code ?? type ?? 'server_error', message };
    // Refusals of the request and of its rate come as an event of their own, what breaks later as a failed response.
    const data =
      error.status < 500
        ? { type: 'error', ...failure, param: null, sequence_number: 1_000_000 }
        : {
            type: 'response.failed',
            sequence_number: 1_000_000,
            response: { ...shell(request, reply), status: 'failed', error: failure, output: [], usage: null },
          };
    return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  },
};

/** Numbers its events, as the vendor does. */
class EventWriter {
  readonly builder = new StreamFramesBuilder();
  #number = 0;

  structure(type: string, fields: JsonObject): void {
    this.builder.structure(this.#frame(type, fields));
  }

  token(type: string, fields: JsonObject): void {
    this.builder.token(this.#frame(type, fields));
  }

  #frame(type: string, fields: JsonObject): string {
    const data = { type, ...fields, sequence_number: this.#number };
    this.#number += 1;
    return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

function frames(request: SimulatedRequest, reply: ResolvedReply): StreamFrames {
  const writer = new EventWriter();
  const started = { ...shell(request, reply), status: 'in_progress', output: [], usage: null };
  writer.structure('response.created', { response: started });
  writer.structure('response.in_progress', { response: started });
  outputOf(request, reply).forEach((item, index) => {
    writeItem(writer, item, index, reply);
  });
  const ended = endedResponse(request, reply);
  writer.structure(`response.${ended.status}`, { response: ended });
  return writer.builder.finish('', '');
}

function writeItem(writer: EventWriter, item: JsonObject, index: number, reply: ResolvedReply): void {
  const place = { item_id: item.id, output_index: index };
  switch (item.type) {
    case 'reasoning':
      writer.structure('response.output_item.added', {
        output_index: index,
        item: { ...item, summary: [], encrypted_content: '' },
      });
      if (Array.isArray(item.summary) && item.summary.length > 0) writeSummary(writer, place, reply);
      break;
    case 'message':
      writer.structure('response.output_item.added', {
        output_index: index,
        item: { ...item, status: 'in_progress', content: [] },
      });
      writeText(writer, place, reply);
      break;
    case 'function_call': {
      const call = reply.toolCalls.find((_, position) => openAiCallId(reply, position) === item.call_id);
      writer.structure('response.output_item.added', {
        output_index: index,
        item: { ...item, status: 'in_progress', arguments: '' },
      });
      for (const delta of call?.fragments ?? []) {
        writer.token('response.function_call_arguments.delta', { ...place, delta });
      }
      writer.structure('response.function_call_arguments.done', {
        ...place,
        name: item.name,
        arguments: item.arguments,
      });
    }
  }
  writer.structure('response.output_item.done', { output_index: index, item });
}

function writeSummary(writer: EventWriter, place: JsonObject, reply: ResolvedReply): void {
  const summary = { ...place, summary_index: 0 };
  const text = reply.reasoning.join('');
  writer.structure('response.reasoning_summary_part.added', { ...summary, part: { type: 'summary_text', text: '' } });
  for (const delta of reply.reasoning) writer.token('response.reasoning_summary_text.delta', { ...summary, delta });
  writer.structure('response.reasoning_summary_text.done', { ...summary, text });
  writer.structure('response.reasoning_summary_part.done', { ...summary, part: { type: 'summary_text', text } });
}

function writeText(writer: EventWriter, place: JsonObject, reply: ResolvedReply): void {
  const content = { ...place, content_index: 0 };
  const text = reply.text.join('');
  const refuses = reply.stopReason === 'refusal';
  const kind = refuses ? 'refusal' : 'output_text';
  const more = refuses ? {} : { logprobs: [] };
  writer.structure('response.content_part.added', { ...content, part: contentPart(refuses, '') });
  for (const delta of reply.text) writer.token(`response.${kind}.delta`, { ...content, delta, ...more });
  writer.structure(`response.${kind}.done`, { ...content, [refuses ? 'refusal' : 'text']: text, ...more });
  writer.structure('response.content_part.done', { ...content, part: contentPart(refuses, text) });
}

function contentPart(refuses: boolean, text: string): JsonObject {
  return refuses ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [], logprobs: [] };
}

function outputOf({ responses }: SimulatedRequest, reply: ResolvedReply): JsonObject[] {
  const reasoned = reply.reasoning.length > 0;
  const items: JsonObject[] = [];
  if (reasoned) {
    const id = reasoningItemId(reply.id);
    const shown = responses?.summary ? reply.reasoning.join('') : '';
    items.push({
      id,
      type: 'reasoning',
      summary: shown === '' ? [] : [{ type: 'summary_text', text: shown }],
      ...(responses?.encrypted && { encrypted_content: encryptedReasoning(id, shown) }),
    });
  }
  if (reply.text.length > 0) {
    const hasCalls = reply.toolCalls.length > 0;
    items.push({
      id: outputItemId('msg', reply.id, items.length, reasoned),
      type: 'message',
      status: 'completed',
      role: 'assistant',
      // Only models that reason tell a remark on the way from the answer.
      ...(reasoned && { phase: hasCalls ? 'commentary' : 'final_answer' }),
      content: [contentPart(reply.stopReason === 'refusal', reply.text.join(''))],
    });
  }
  reply.toolCalls.forEach((call, position) => {
    items.push({
      id: outputItemId('fc', reply.id, items.length, reasoned),
      type: 'function_call',
      status: 'completed',
      call_id: openAiCallId(reply, position),
      name: call.name,
      arguments: call.json,
    });
  });
  return items;
}

const finished = ['stop', 'tool_calls', 'refusal'];

function endedResponse(request: SimulatedRequest, reply: ResolvedReply): JsonObject {
  const isWhole = finished.includes(reply.stopReason);
  const reason = reply.stopReason === 'length' ? 'max_output_tokens' : reply.stopReason;
  return {
    ...shell(request, reply),
    status: isWhole ? 'completed' : 'incomplete',
    incomplete_details: isWhole ? null : { reason },
    output: outputOf(request, reply),
    usage: usageOf(reply),
  };
}

function usageOf({ usage }: ResolvedReply): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** What every response says of itself, from its first event on. */
function shell(request: SimulatedRequest, reply: ResolvedReply): JsonObject {
  return {
    id: `resp_${reply.id}`,
    object: 'response',
    created_at: reply.created,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: request.maxTokens ?? null,
    metadata: {},
    model: request.model,
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
  };
}
