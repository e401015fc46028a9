import type { JsonValue, ReasoningPart } from '@troupe/contracts';
import type { ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import { estimateUsage } from '../shared/estimate-usage.js';
import { toolArgumentsText } from '../shared/parse-tool-arguments.js';
import { PieceTemplate } from '../shared/piece-template.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { ResponseAccumulator } from '../shared/response-accumulator.js';
import type { AnswerParser } from '../shared/stream-model-events.js';
import type { WireAnswer, WireBlock, WireDelta, WireEvent, WireUsage } from './anthropic-wire.js';
import { mapAnthropicError } from './map-anthropic-error.js';
import { mapAnthropicFinishReason } from './map-anthropic-finish-reason.js';
import { mapAnthropicUsage, mergeAnthropicUsage } from './map-anthropic-usage.js';

interface OpenThinking {
  type: 'thinking';
  part: ReasoningPart;
  block: WireBlock;
  thinking: string;
  signature: string;
}

interface OpenToolUse {
  type: 'tool_use';
  index: number;
  /** Given with the block itself when the answer is whole, and by servers that stream no arguments. */
  input: JsonValue | undefined;
  streamed: boolean;
}

/** Reads Messages answers, streamed and whole. Pieces of blocks may take turns, told apart by the block's index. */
export class AnthropicMessageParser implements AnswerParser {
  ended = false;
  readonly #answer = new ResponseAccumulator();
  readonly #template = new PieceTemplate((frame) => textAlone(parseEvent(frame)));
  /** Blocks whose end is to come, by their index. Texts need none. */
  readonly #open = new Map<number, OpenThinking | OpenToolUse>();
  #stopReason: string | undefined;
  #usage: WireUsage | undefined;
  #id: string | undefined;
  #model: string | undefined;

  constructor(
    readonly request: ModelRequest,
    readonly askedModel: string,
    /** Who alone gets back what was thought: the provider's id. */
    readonly provider = 'anthropic',
  ) {}

  isHeartbeat(frame: string): boolean {
    return /^\{\s*"type":\s*"ping"/.test(frame);
  }

  push(frame: string, events: ModelEvent[]): void {
    const known = this.#template.read(frame);
    if (known !== undefined) {
      this.#answer.addText(known, events);
      return;
    }
    const event = parseEvent(frame);
    this.#read(event, events);
    const text = textAlone(event);
    if (text !== undefined) this.#template.learn(frame, text);
  }

  #read(event: WireEvent, events: ModelEvent[]): void {
    switch (event.type) {
      case 'content_block_delta':
        if (event.delta) this.#readDelta(event.index ?? 0, event.delta, events);
        break;
      case 'content_block_start':
        if (event.content_block) this.#startBlock(event.index ?? 0, event.content_block, events);
        break;
      case 'content_block_stop':
        this.#stopBlock(event.index ?? 0, events);
        break;
      case 'message_start':
        if (event.message) this.#readHead(event.message);
        break;
      case 'message_delta':
        if (event.delta?.stop_reason) this.#stopReason = event.delta.stop_reason;
        if (event.usage) this.#usage = mergeAnthropicUsage(this.#usage ?? {}, event.usage);
        break;
      case 'message_stop':
        for (const index of this.#open.keys()) this.#stopBlock(index, events);
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
      this.#startBlock(0, block, events);
      this.#stopBlock(0, events);
    }
  }

  finish(): ModelResponse {
    if (!this.#stopReason) throw new MalformedAnswer('an answer without a stop reason');
    const content = this.#answer.content();
    return {
      content,
      finish: mapAnthropicFinishReason(this.#stopReason),
      usage: mapAnthropicUsage(this.#usage ?? {}) ?? estimateUsage(this.request, content),
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

  #startBlock(index: number, block: WireBlock, events: ModelEvent[]): void {
    switch (block.type) {
      case 'text':
        if (typeof block.text === 'string') this.#answer.addText(block.text, events);
        break;
      case 'thinking':
        this.#open.set(index, {
          type: 'thinking',
          part: this.#answer.startReasoning(),
          block,
          thinking: '',
          signature: '',
        });
        this.#readDelta(index, { type: 'thinking_delta', thinking: String(block.thinking ?? '') }, events);
        this.#readDelta(index, { type: 'signature_delta', signature: String(block.signature ?? '') }, events);
        break;
      case 'redacted_thinking':
        this.#answer.startReasoning(this.#envelope(block));
        break;
      case 'tool_use': {
        const callIndex = this.#answer.startToolCall(textOf(block.id), textOf(block.name) ?? '', events);
        this.#open.set(index, { type: 'tool_use', index: callIndex, input: block.input, streamed: false });
      }
    }
  }

  #readDelta(index: number, delta: WireDelta, events: ModelEvent[]): void {
    const block = this.#open.get(index);
    switch (delta.type) {
      case 'text_delta':
        this.#answer.addText(delta.text ?? '', events);
        break;
      case 'input_json_delta':
        if (block?.type !== 'tool_use' || !delta.partial_json) break;
        block.streamed = true;
        this.#answer.addToolArguments(block.index, delta.partial_json, events);
        break;
      case 'thinking_delta':
        if (block?.type !== 'thinking') break;
        block.thinking += delta.thinking ?? '';
        this.#answer.addReasoning(delta.thinking ?? '', events);
        break;
      case 'signature_delta':
        if (block?.type === 'thinking') block.signature += delta.signature ?? '';
    }
  }

  #stopBlock(index: number, events: ModelEvent[]): void {
    const open = this.#open.get(index);
    this.#open.delete(index);
    if (open?.type === 'thinking') {
      const { part, block, thinking, signature } = open;
      part.opaque = this.#envelope({ ...block, thinking, signature });
    }
    // A stream starts every call with an empty object and may then have nothing to add.
    if (open?.type === 'tool_use' && !open.streamed) {
      this.#answer.addToolArguments(open.index, toolArgumentsText(open.input), events);
    }
  }

  #envelope(data: WireBlock): NonNullable<ReasoningPart['opaque']> {
    return { provider: this.provider, model: this.askedModel, data };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseEvent(frame: string): WireEvent {
  const event: WireEvent | null = JSON.parse(frame);
  if (typeof event !== 'object' || event === null) throw new MalformedAnswer(frame);
  return event;
}

/** The text of a piece that says nothing else. */
function textAlone({ type, delta }: WireEvent): string | undefined {
  if (type !== 'content_block_delta' || delta?.type !== 'text_delta') return undefined;
  return textOf(delta.text) || undefined;
}
