import type { JsonValue, ReasoningPart } from '@troupe/contracts';
import type { ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import { estimateUsage } from '../shared/estimate-usage.js';
import { toolArgumentsText } from '../shared/parse-tool-arguments.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { ResponseAccumulator } from '../shared/response-accumulator.js';
import type { AnswerParser } from '../shared/stream-model-events.js';
import type { WireAnswer, WireBlock, WireDelta, WireEvent, WireUsage } from './anthropic-wire.js';
import { mapAnthropicError } from './map-anthropic-error.js';
import { mapAnthropicFinishReason } from './map-anthropic-finish-reason.js';
import { mapAnthropicUsage, mergeAnthropicUsage } from './map-anthropic-usage.js';

interface OpenThinking {
  part: ReasoningPart;
  block: WireBlock;
  thinking: string;
  signature: string;
}

interface OpenToolUse {
  index: number;
  /** Given with the block itself when the answer is whole, and by servers that stream no arguments. */
  input: JsonValue | undefined;
  streamed: boolean;
}

/** Reads Messages answers, streamed and whole. Blocks come one after the other, never interleaved. */
export class AnthropicMessageParser implements AnswerParser {
  ended = false;
  readonly #answer = new ResponseAccumulator();
  #thinking: OpenThinking | undefined;
  #toolUse: OpenToolUse | undefined;
  #stopReason: string | undefined;
  #usage: WireUsage | undefined;
  #id: string | undefined;
  #model: string | undefined;

  constructor(
    readonly request: ModelRequest,
    readonly askedModel: string,
  ) {}

  push(frame: string, events: ModelEvent[]): void {
    const event: WireEvent | null = JSON.parse(frame);
    if (typeof event !== 'object' || event === null) throw new MalformedAnswer(frame);
    switch (event.type) {
      case 'content_block_delta':
        if (event.delta) this.#readDelta(event.delta, events);
        break;
      case 'content_block_start':
        if (event.content_block) this.#startBlock(event.content_block, events);
        break;
      case 'content_block_stop':
        this.#stopBlock(events);
        break;
      case 'message_start':
        if (event.message) this.#readHead(event.message);
        break;
      case 'message_delta':
        if (event.delta?.stop_reason) this.#stopReason = event.delta.stop_reason;
        if (event.usage) this.#usage = mergeAnthropicUsage(this.#usage ?? {}, event.usage);
        break;
      case 'message_stop':
        this.ended = true;
        break;
      case 'error':
        throw new ReportedFailure(mapAnthropicError(event.error ?? {}));
    }
  }

  /** A whole answer. */
  read(answer: WireAnswer): void {
    if (answer.type === 'error') throw new ReportedFailure(mapAnthropicError(answer.error ?? {}));
    if (!Array.isArray(answer.content)) throw new MalformedAnswer(JSON.stringify(answer));
    this.#readHead(answer);
    const events: ModelEvent[] = [];
    for (const block of answer.content) {
      this.#startBlock(block, events);
      this.#stopBlock(events);
    }
  }

  finish(): ModelResponse {
    if (!this.#stopReason) throw new MalformedAnswer('an answer without a stop reason');
    const content = this.#answer.content();
    return {
      content,
      finish: mapAnthropicFinishReason(this.#stopReason),
      usage: this.#usage === undefined ? estimateUsage(this.request, content) : mapAnthropicUsage(this.#usage),
      ...(this.#id && { responseId: this.#id }),
      ...(this.#model && this.#model !== this.askedModel && { servedBy: this.#model }),
    };
  }

  #readHead({ id, model, usage, stop_reason }: WireAnswer): void {
    this.#id = id;
    this.#model = model;
    if (usage) this.#usage = usage;
    if (stop_reason) this.#stopReason = stop_reason;
  }

  #startBlock(block: WireBlock, events: ModelEvent[]): void {
    switch (block.type) {
      case 'text':
        if (typeof block.text === 'string') this.#answer.addText(block.text, events);
        break;
      case 'thinking':
        this.#thinking = { part: this.#answer.startReasoning(), block, thinking: '', signature: '' };
        this.#readDelta({ type: 'thinking_delta', thinking: String(block.thinking ?? '') }, events);
        this.#readDelta({ type: 'signature_delta', signature: String(block.signature ?? '') }, events);
        break;
      case 'redacted_thinking':
        this.#answer.startReasoning(this.#envelope(block));
        break;
      case 'tool_use': {
        const index = this.#answer.startToolCall(textOf(block.id), textOf(block.name) ?? '', events);
        this.#toolUse = { index, input: block.input, streamed: false };
      }
    }
  }

  #readDelta(delta: WireDelta, events: ModelEvent[]): void {
    switch (delta.type) {
      case 'text_delta':
        this.#answer.addText(delta.text ?? '', events);
        break;
      case 'input_json_delta':
        if (this.#toolUse === undefined || !delta.partial_json) break;
        this.#toolUse.streamed = true;
        this.#answer.addToolArguments(this.#toolUse.index, delta.partial_json, events);
        break;
      case 'thinking_delta':
        if (this.#thinking === undefined) break;
        this.#thinking.thinking += delta.thinking ?? '';
        this.#answer.addReasoning(delta.thinking ?? '', events);
        break;
      case 'signature_delta':
        if (this.#thinking !== undefined) this.#thinking.signature += delta.signature ?? '';
    }
  }

  #stopBlock(events: ModelEvent[]): void {
    if (this.#thinking !== undefined) {
      const { part, block, thinking, signature } = this.#thinking;
      part.opaque = this.#envelope({ ...block, thinking, signature });
      this.#thinking = undefined;
    }
    if (this.#toolUse !== undefined) {
      const { index, input, streamed } = this.#toolUse;
      // A stream starts every call with an empty object and may then have nothing to add.
      if (!streamed) this.#answer.addToolArguments(index, toolArgumentsText(input), events);
      this.#toolUse = undefined;
    }
  }

  #envelope(data: WireBlock): NonNullable<ReasoningPart['opaque']> {
    return { provider: 'anthropic', model: this.askedModel, data };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
