import type { JsonValue } from '@troupe/contracts';
import type { ModelEvent, ModelRequest, ModelResponse, ModelUsage } from '@troupe/spec';
import { estimateUsage } from '../shared/estimate-usage.js';
import { isJsonObject, toolArgumentsText } from '../shared/parse-tool-arguments.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { ResponseAccumulator } from '../shared/response-accumulator.js';
import type { AnswerParser } from '../shared/stream-model-events.js';
import { mapOllamaError } from './map-ollama-error.js';
import { mapOllamaFinishReason } from './map-ollama-finish-reason.js';
import { mapOllamaUsage } from './map-ollama-usage.js';
import type { WireLine } from './ollama-wire.js';

/** The runner went away, or the model was loaded or unloaded: whatever came before is no whole answer. */
const noEnd = ['', 'load', 'unload'];

/** Reads `/api/chat` answers, streamed and whole. Tool calls come whole, mostly without an id. */
export class OllamaChatParser implements AnswerParser {
  ended = false;
  readonly #answer = new ResponseAccumulator();
  #thinking = '';
  #doneReason = '';
  #usage: ModelUsage | undefined;

  constructor(
    readonly request: ModelRequest,
    readonly askedModel: string,
    readonly provider = 'ollama',
  ) {}

  push(frame: string, events: ModelEvent[]): void {
    const line: WireLine | null = JSON.parse(frame);
    if (!isJsonObject(line)) throw new MalformedAnswer(frame);
    this.read(line, events);
  }

  /** One line of a stream, or a whole answer. */
  read(line: WireLine, events: ModelEvent[]): void {
    if (line.error !== undefined && line.error !== null)
      throw new ReportedFailure(mapOllamaError(reasonOf(line.error)));
    const { message } = line;
    if (typeof message === 'string') throw new MalformedAnswer(`a message that is a text: ${message}`);
    if (message?.thinking) {
      this.#thinking += message.thinking;
      this.#answer.addReasoning(message.thinking, events);
    }
    if (message?.content) this.#answer.addText(message.content, events);
    for (const { id, function: called } of message?.tool_calls ?? []) {
      const index = this.#answer.startToolCall(id, called?.name ?? '', events);
      this.#answer.addToolArguments(index, toolArgumentsText(called?.arguments), events);
    }
    if (line.done !== true) return;
    // Servers before 0.3 name no reason.
    this.#doneReason = line.done_reason ?? 'stop';
    this.ended = !noEnd.includes(this.#doneReason);
    this.#usage = mapOllamaUsage(line);
  }

  finish(): ModelResponse {
    if (!this.ended) throw new MalformedAnswer(`an answer that ended with "${this.#doneReason}"`);
    if (this.#thinking !== '') {
      this.#answer.sealReasoning({
        provider: this.provider,
        model: this.askedModel,
        data: { thinking: this.#thinking },
      });
    }
    const content = this.#answer.content();
    return {
      content,
      finish: mapOllamaFinishReason(this.#doneReason, this.#answer.toolCallCount > 0),
      usage: this.#usage ?? estimateUsage(this.request, content),
    };
  }
}

/** A sentence; proxies in front write it into an object, as others do. */
function reasonOf(error: JsonValue): string {
  if (typeof error === 'string') return error;
  return isJsonObject(error) && typeof error.message === 'string' ? error.message : JSON.stringify(error);
}
