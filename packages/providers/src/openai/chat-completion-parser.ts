import type { JsonValue } from '@troupe/contracts';
import type { ModelEvent, ModelRequest, ModelResponse, ModelUsage } from '@troupe/spec';
import { estimateUsage } from '../shared/estimate-usage.js';
import { isJsonObject, toolArgumentsText } from '../shared/parse-tool-arguments.js';
import { PieceTemplate } from '../shared/piece-template.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { ResponseAccumulator } from '../shared/response-accumulator.js';
import type { AnswerParser } from '../shared/stream-model-events.js';
import { mapOpenAiError } from './map-openai-error.js';
import { mapOpenAiFinishReason } from './map-openai-finish-reason.js';
import { mapOpenAiUsage } from './map-openai-usage.js';
import type { WireChunk, WireMessage, WireToolCall } from './openai-wire.js';

/** Gathers what a provider wants back with the next request, byte for byte. */
export interface ReasoningEnvelope {
  /** The first piece of the answer, which names who writes it. */
  begin?(chunk: WireChunk): void;
  add(details: readonly JsonValue[]): void;
  /** Undefined when nothing came. */
  seal(): { provider: string; model: string; data: JsonValue } | undefined;
}

/** OpenRouter's finish reason `error` without the error that should come with it. */
const upstreamFailed = { status: 502, message: 'the upstream failed while it answered' };

interface OpenCall {
  wireId: string | undefined;
  /** Undefined until the name is known, which some servers send after the first piece. */
  index: number | undefined;
  early: string;
}

/** Reads Chat Completions, streamed and whole. */
export class ChatCompletionParser implements AnswerParser {
  ended = false;
  readonly #answer = new ResponseAccumulator();
  readonly #template = new PieceTemplate((frame) => textAlone(parseChunk(frame)));
  readonly #calls = new Map<number, OpenCall>();
  #lastCallKey = -1;
  #finishReason: string | undefined;
  #refused = false;
  #usage: ModelUsage | undefined;
  #id: string | undefined;
  #model: string | undefined;

  constructor(
    readonly request: ModelRequest,
    readonly askedModel: string,
    readonly envelope?: ReasoningEnvelope,
  ) {}

  push(frame: string, events: ModelEvent[]): void {
    if (frame === '[DONE]') {
      this.ended = true;
      return;
    }
    const known = this.#template.read(frame);
    if (known !== undefined) {
      this.#answer.addText(known, events);
      return;
    }
    const chunk = parseChunk(frame);
    this.read(chunk, events);
    const text = textAlone(chunk);
    if (text !== undefined) this.#template.learn(frame, text);
  }

  /** One piece of a stream, or a whole answer. */
  read(chunk: WireChunk, events: ModelEvent[]): void {
    if (chunk.error) throw new ReportedFailure(mapOpenAiError(chunk.error));
    if (this.#id === undefined) {
      this.#id = chunk.id;
      this.#model = chunk.model;
      this.envelope?.begin?.(chunk);
    }
    // Others of a request for several are no part of this answer.
    const choice = chunk.choices?.find(({ index }) => !index);
    if (choice !== undefined) {
      if (choice.error) throw new ReportedFailure(mapOpenAiError(choice.error));
      if (choice.finish_reason === 'error') throw new ReportedFailure(upstreamFailed);
      const message = choice.delta ?? choice.message;
      if (message) this.#readMessage(message, events);
      if (choice.finish_reason) this.#finishReason = choice.finish_reason;
    }
    if (chunk.usage) this.#usage = mapOpenAiUsage(chunk.usage) ?? this.#usage;
  }

  finish(): ModelResponse {
    if (this.#finishReason === undefined) throw new MalformedAnswer('an answer without a finish reason');
    for (const { index } of this.#calls.values()) {
      if (index === undefined) throw new MalformedAnswer('a tool call without a name');
    }
    const opaque = this.envelope?.seal();
    if (opaque !== undefined) this.#answer.sealReasoning(opaque);
    const content = this.#answer.content();
    return {
      content,
      finish: mapOpenAiFinishReason(this.#finishReason, {
        toolCalls: this.#answer.toolCallCount > 0,
        refusal: this.#refused,
      }),
      usage: this.#usage ?? estimateUsage(this.request, content),
      ...(this.#id && { responseId: this.#id }),
      ...(this.#model && this.#model !== this.askedModel && { servedBy: this.#model }),
    };
  }

  #readMessage(message: WireMessage, events: ModelEvent[]): void {
    const reasoning = message.reasoning ?? message.reasoning_content;
    if (reasoning) this.#answer.addReasoning(reasoning, events);
    if (message.reasoning_details) this.envelope?.add(message.reasoning_details);
    if (message.content) this.#answer.addText(message.content, events);
    if (message.refusal) {
      this.#refused = true;
      this.#answer.addText(message.refusal, events);
    }
    if (message.tool_calls) for (const call of message.tool_calls) this.#readToolCall(call, events);
  }

  #readToolCall(piece: WireToolCall, events: ModelEvent[]): void {
    // Without an index a piece with an id begins a call, and one without continues the last.
    const key = piece.index ?? (piece.id || this.#lastCallKey < 0 ? this.#lastCallKey + 1 : this.#lastCallKey);
    let call = this.#calls.get(key);
    // Some servers number every call 0 and tell them apart by id only.
    const isOther = call?.wireId && piece.id && piece.id !== call.wireId && piece.function?.name;
    if (call === undefined || isOther) {
      call = { wireId: piece.id ?? undefined, index: undefined, early: '' };
      this.#calls.set(key, call);
      this.#lastCallKey = key;
    }
    call.wireId ??= piece.id ?? undefined;
    const text = toolArgumentsText(piece.function?.arguments ?? '');
    if (call.index === undefined) {
      call.early += text;
      const name = piece.function?.name;
      if (!name) return;
      call.index = this.#answer.startToolCall(call.wireId, name, events);
      this.#answer.addToolArguments(call.index, call.early, events);
      return;
    }
    this.#answer.addToolArguments(call.index, text, events);
  }
}

function parseChunk(frame: string): WireChunk {
  const chunk: WireChunk | null = JSON.parse(frame);
  if (!isJsonObject(chunk)) throw new MalformedAnswer(frame);
  return chunk;
}

/** The text of a piece that says nothing else. */
function textAlone({ error, usage, choices }: WireChunk): string | undefined {
  const choice = choices?.length === 1 ? choices[0] : undefined;
  const message = choice?.delta;
  if (error || usage || !message || choice.index) return undefined;
  const { content, refusal, reasoning, reasoning_content, reasoning_details, tool_calls } = message;
  if (choice.error || choice.finish_reason || refusal || reasoning || reasoning_content) return undefined;
  return content && !reasoning_details && !tool_calls ? content : undefined;
}
