import type { JsonValue } from '@troupe/contracts';
import type { FinishReason, ModelEvent, ModelRequest, ModelResponse, ModelUsage } from '@troupe/spec';
import { estimateUsage } from '../../shared/estimate-usage.js';
import { isJsonObject } from '../../shared/parse-tool-arguments.js';
import { MalformedAnswer, ReportedFailure } from '../../shared/provider-failure.js';
import { ResponseAccumulator } from '../../shared/response-accumulator.js';
import type { AnswerParser } from '../../shared/stream-model-events.js';
import { tokenCount } from '../../shared/token-count.js';
import { mapOpenAiError } from '../map-openai-error.js';
import { OutputSkeleton } from './output-skeleton.js';
import type { WireEvent, WireItem, WireResponse, WireResponsesUsage } from './responses-wire.js';

/** An item whose pieces arrive. */
interface OpenItem {
  /** Index of a function call among the calls of the answer. */
  callIndex: number | undefined;
  /** What was told of it so far: text of a message or of reasoning, arguments of a call. */
  told: string;
  refusal: boolean;
  summaryIndex: number;
}

const incompleteReasons: Record<string, FinishReason['reason']> = {
  max_output_tokens: 'length',
  content_filter: 'content_filter',
};

/** Reads the Responses API, streamed and whole. */
export class ResponsesParser implements AnswerParser {
  ended = false;
  readonly #answer = new ResponseAccumulator();
  readonly #skeleton = new OutputSkeleton();
  readonly #open = new Map<number, OpenItem>();
  #refused = false;
  #response: WireResponse = {};

  constructor(
    readonly request: ModelRequest,
    readonly provider: string,
    readonly askedModel: string,
  ) {}

  isHeartbeat(frame: string): boolean {
    return frame.startsWith('{"type":"keepalive"');
  }

  push(frame: string, events: ModelEvent[]): void {
    // Compatible servers end with it, after the event that ends the answer.
    if (frame === '[DONE]') return;
    const event: WireEvent | null = JSON.parse(frame);
    if (typeof event !== 'object' || event === null) throw new MalformedAnswer(frame);
    this.#readEvent(event, events);
  }

  /** A whole answer: its items, as if each had come in one piece. */
  read(response: WireResponse, events: ModelEvent[]): void {
    if (!Array.isArray(response.output)) {
      if (response.error) throw new ReportedFailure(mapOpenAiError(response.error));
      throw new MalformedAnswer('an answer without output');
    }
    response.output.forEach((item, index) => {
      this.#finishItem(index, item, events);
    });
    this.#end(response);
  }

  finish(): ModelResponse {
    const opaque = this.#skeleton.seal(this.provider, this.askedModel);
    if (opaque !== undefined) this.#answer.sealReasoning(opaque);
    const content = this.#answer.content();
    const { id, model, usage } = this.#response;
    return {
      content,
      finish: this.#finishReason(),
      usage: (usage ? mapUsage(usage) : undefined) ?? estimateUsage(this.request, content),
      ...(id && { responseId: id }),
      ...(model && model !== this.askedModel && { servedBy: model }),
    };
  }

  #readEvent(event: WireEvent, events: ModelEvent[]): void {
    const { type = '', delta = '', item, output_index: index = 0 } = event;
    switch (type) {
      case 'response.output_item.added':
        if (item) this.#startItem(index, item, events);
        break;
      case 'response.output_text.delta':
        this.#tellText(index, delta, events);
        break;
      case 'response.refusal.delta':
        this.#itemAt(index).refusal = true;
        this.#tellText(index, delta, events);
        break;
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        this.#tellReasoning(index, event.summary_index ?? 0, delta, events);
        break;
      case 'response.function_call_arguments.delta':
        this.#tellArguments(index, delta, events);
        break;
      case 'response.output_item.done':
        if (item) this.#finishItem(index, item, events);
        break;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#tellUntold(event.response, events);
        this.#end(event.response ?? {});
        break;
      case 'error':
        throw new ReportedFailure(mapOpenAiError(event.error ?? { message: event.message, code: event.code }));
    }
  }

  /** Of a server that sends no events of items the last event holds them all. */
  #tellUntold(response: WireResponse | undefined, events: ModelEvent[]): void {
    if (this.#open.size > 0 || !Array.isArray(response?.output)) return;
    for (const [index, item] of response.output.entries()) this.#finishItem(index, item, events);
  }

  #startItem(index: number, item: WireItem, events: ModelEvent[]): void {
    const open = this.#itemAt(index);
    if (item.type === 'function_call') {
      open.callIndex = this.#answer.startToolCall(textOf(item.call_id), textOf(item.name), events);
    }
  }

  /** The final item decides; what of it was not told in pieces is told now. */
  #finishItem(index: number, item: WireItem, events: ModelEvent[]): void {
    if (!isJsonObject(item) || typeof item.type !== 'string') throw new MalformedAnswer('an item without a type');
    if (!this.#open.has(index)) this.#startItem(index, item, events);
    const open = this.#itemAt(index);
    if (open.told === '') this.#tellWhole(index, item, events);
    if (open.refusal) this.#refused = true;
    this.#skeleton.add(item, {
      text: open.told,
      refusal: open.refusal,
      argumentsText: open.told,
      canonical: isCanonical(open.told),
    });
  }

  #tellWhole(index: number, item: WireItem, events: ModelEvent[]): void {
    switch (item.type) {
      case 'message':
        for (const part of partsOf(item.content)) {
          if (part.type === 'refusal') this.#itemAt(index).refusal = true;
          this.#tellText(index, textOf(part.type === 'refusal' ? part.refusal : part.text), events);
        }
        break;
      case 'reasoning': {
        const shown = [...partsOf(item.summary), ...partsOf(item.content)];
        shown.forEach((part, position) => {
          this.#tellReasoning(index, position, textOf(part.text), events);
        });
        break;
      }
      case 'function_call':
        this.#tellArguments(index, textOf(item.arguments), events);
    }
  }

  #tellText(index: number, delta: string, events: ModelEvent[]): void {
    this.#itemAt(index).told += delta;
    this.#answer.addText(delta, events);
  }

  /** Parts of a summary are paragraphs. */
  #tellReasoning(index: number, summaryIndex: number, delta: string, events: ModelEvent[]): void {
    const open = this.#itemAt(index);
    const paragraph = open.told !== '' && summaryIndex !== open.summaryIndex ? '\n\n' : '';
    open.summaryIndex = summaryIndex;
    open.told += paragraph + delta;
    this.#answer.addReasoning(paragraph + delta, events);
  }

  #tellArguments(index: number, delta: string, events: ModelEvent[]): void {
    const open = this.#itemAt(index);
    if (open.callIndex === undefined) throw new MalformedAnswer('arguments of a call that was not begun');
    open.told += delta;
    this.#answer.addToolArguments(open.callIndex, delta, events);
  }

  #itemAt(index: number): OpenItem {
    let open = this.#open.get(index);
    if (open === undefined) {
      open = { callIndex: undefined, told: '', refusal: false, summaryIndex: 0 };
      this.#open.set(index, open);
    }
    return open;
  }

  #end(response: WireResponse): void {
    if (response.status === 'failed' || response.error) {
      throw new ReportedFailure(mapOpenAiError(response.error ?? { message: 'the answer failed' }));
    }
    this.#response = response;
    this.ended = true;
  }

  #finishReason(): FinishReason {
    const { status, incomplete_details } = this.#response;
    if (status === 'incomplete') {
      const raw = incomplete_details?.reason ?? status;
      return { reason: incompleteReasons[raw] ?? 'other', raw };
    }
    if (status !== 'completed') throw new MalformedAnswer(`an answer with the status ${status}`);
    if (this.#refused) return { reason: 'refusal', raw: status };
    return { reason: this.#answer.toolCallCount > 0 ? 'tool_calls' : 'stop', raw: status };
  }
}

/** Undefined where nothing is counted. Input includes what was cached, output what was reasoned. */
function mapUsage(usage: WireResponsesUsage): ModelUsage | undefined {
  const inputTokens = tokenCount(usage.input_tokens);
  const outputTokens = tokenCount(usage.output_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedInputTokens: tokenCount(usage.input_tokens_details?.cached_tokens) ?? 0,
    cacheWriteInputTokens: tokenCount(usage.input_tokens_details?.cache_write_tokens) ?? 0,
    reasoningTokens: tokenCount(usage.output_tokens_details?.reasoning_tokens) ?? 0,
    estimated: false,
  };
}

function partsOf(value: JsonValue | undefined): Record<string, JsonValue>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Whether parsing a text and writing it again gives the same text. */
function isCanonical(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}
