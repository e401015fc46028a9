import type { RunEventBody } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';

export interface Author {
  /** Name of the agent. */
  agent: string;
  /** `provider/model` */
  model: string;
}

/** A message of a run with who wrote it, where an agent did. */
export interface SignedMessage extends ModelMessage, Partial<Author> {}

/** Who wrote the answers of a run: who spoke first, and after each handoff who took over. */
export class Authors {
  readonly #first: Author;
  /** By the calls that handed over. */
  readonly #successors = new Map<string, Author>();

  constructor(first: Author) {
    this.#first = first;
  }

  hear(event: RunEventBody): void {
    if (event.type !== 'handoff.occurred') return;
    const { tool_call_id, to, model } = event.data;
    this.#successors.set(tool_call_id, { agent: to, model });
  }

  /** @param messages all of the run, in order */
  sign(messages: readonly ModelMessage[]): SignedMessage[] {
    let author = this.#first;
    return messages.map((message) => {
      for (const part of message.content) {
        if (part.type === 'tool_result') author = this.#successors.get(part.tool_call_id) ?? author;
      }
      return message.role === 'assistant' ? { ...message, ...author } : message;
    });
  }
}
