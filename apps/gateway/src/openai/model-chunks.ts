import { DeltaCleaner } from '@troupe/agent';
import type { ModelEvent, ModelResponse } from '@troupe/spec';
import type { AnswerPieces } from './answer-form.js';
import { chatToolCall, finishOfResponse } from './chat-completion.js';
import { chatUsage } from './chat-usage.js';

/** A model's events as chunks of one answer. */
export class ModelChunks {
  readonly #chunks: AnswerPieces;
  readonly #text = new DeltaCleaner();
  readonly #reasoning = new DeltaCleaner();
  /** Place among the calls, by the place within the response. */
  readonly #calls = new Map<number, number>();

  constructor(chunks: AnswerPieces) {
    this.#chunks = chunks;
  }

  add(event: ModelEvent): string {
    switch (event.type) {
      case 'text.delta':
        return this.#say({ content: this.#text.push(event.delta) });
      case 'reasoning.delta':
        return this.#say({ reasoning_content: this.#reasoning.push(event.delta) });
      case 'tool_call.started': {
        const index = this.#calls.size;
        this.#calls.set(event.index, index);
        const { id, name } = event;
        return this.#chunks.delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
      }
      case 'tool_call.delta': {
        const index = this.#calls.get(event.index) ?? 0;
        return this.#chunks.delta({ tool_calls: [{ index, function: { arguments: event.delta } }] });
      }
      case 'completed':
        return this.#end(event.response);
    }
  }

  #end(response: ModelResponse): string {
    const rest = [
      this.#say({ reasoning_content: this.#reasoning.flush() }),
      this.#say({ content: this.#text.flush() }),
      this.#unseenCalls(response),
    ];
    return rest.join('') + this.#chunks.finish(finishOfResponse(response), chatUsage(response.usage));
  }

  /** Calls that came with the whole response only. */
  #unseenCalls({ content }: ModelResponse): string {
    const calls = content.filter((part) => part.type === 'tool_call').map(chatToolCall);
    const unseen = calls.map((call, index) => ({ index, ...call })).slice(this.#calls.size);
    return unseen.length > 0 ? this.#chunks.delta({ tool_calls: unseen }) : '';
  }

  #say(delta: { content?: string; reasoning_content?: string }): string {
    return delta.content || delta.reasoning_content ? this.#chunks.delta(delta) : '';
  }
}
