import type { AnswerDelta, AnswerPieces } from './answer-form.js';
import {
  type ChatAnswer,
  type ChatCompletion,
  type ChatFinishReason,
  type ChatHead,
  type ChatUsage,
  chatCompletion,
} from './chat-completion.js';
import { openAiErrorOf } from './openai-error.js';

const STREAM_END = 'data: [DONE]\n\n';

/** Writes one answer as a stream of `chat.completion.chunk`, in frames that are ready to send. */
export class ChatChunks implements AnswerPieces<ChatCompletion> {
  readonly #head: ChatHead;
  readonly #includeUsage: boolean;

  constructor(head: ChatHead, options: { includeUsage: boolean }) {
    this.#head = head;
    this.#includeUsage = options.includeUsage;
  }

  /** Who speaks: comes before everything else. */
  begin(): string {
    return this.delta({ role: 'assistant', content: '' });
  }

  delta(delta: AnswerDelta): string {
    return this.#chunk([{ index: 0, delta, logprobs: null, finish_reason: null }], null);
  }

  /** The end of an answer that is whole. */
  finish(finish_reason: ChatFinishReason, usage: ChatUsage): string {
    const last = this.#chunk([{ index: 0, delta: {}, logprobs: null, finish_reason }], null);
    return last + (this.#includeUsage ? this.#chunk([], usage) : '') + STREAM_END;
  }

  /** The end of one that broke off. */
  fail(error: unknown): string {
    return frame(openAiErrorOf(error).body) + STREAM_END;
  }

  whole(message: ChatAnswer, reason: ChatFinishReason, usage: ChatUsage): ChatCompletion {
    return chatCompletion(this.#head, message, reason, usage);
  }

  /** An answer that is there already. */
  all({ choices: [{ message, finish_reason }], usage }: ChatCompletion): string {
    const { reasoning_content, content, tool_calls } = message;
    const calls = tool_calls?.map((call, index) => ({ index, ...call }));
    return [
      this.begin(),
      reasoning_content === undefined ? '' : this.delta({ reasoning_content }),
      content ? this.delta({ content }) : '',
      calls ? this.delta({ tool_calls: calls }) : '',
      this.finish(finish_reason, usage),
    ].join('');
  }

  #chunk(choices: object[], usage: ChatUsage | null): string {
    const { id, created, model } = this.#head;
    const object = 'chat.completion.chunk';
    return frame({ id, object, created, model, choices, ...(this.#includeUsage && { usage }) });
  }
}

function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
