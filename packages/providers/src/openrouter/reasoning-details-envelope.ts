import type { JsonObject, JsonValue } from '@troupe/contracts';
import type { ReasoningEnvelope } from '../openai/chat-completion-parser.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';

/** Fields that arrive in pieces, to be joined; all others are sent once. */
const joined = ['text', 'summary', 'data'];

/**
 * `reasoning_details` of one answer. Streamed pieces of one block carry the same type and index and follow each
 * other; joined they are the block that OpenRouter wants back, in order and otherwise untouched.
 */
export class ReasoningDetailsEnvelope implements ReasoningEnvelope {
  readonly #details: JsonValue[] = [];

  constructor(readonly model: string) {}

  add(details: readonly JsonValue[]): void {
    for (const piece of details) {
      const last = this.#details.at(-1);
      if (isJsonObject(piece) && isJsonObject(last) && continues(last, piece)) join(last, piece);
      else this.#details.push(isJsonObject(piece) ? { ...piece } : piece);
    }
  }

  seal(): { provider: string; model: string; data: JsonValue } | undefined {
    return this.#details.length === 0 ? undefined : { provider: 'openrouter', model: this.model, data: this.#details };
  }
}

function continues(last: JsonObject, piece: JsonObject): boolean {
  return piece.index !== undefined && last.index === piece.index && last.type === piece.type;
}

function join(last: JsonObject, piece: JsonObject): void {
  for (const [name, value] of Object.entries(piece)) {
    const before = last[name];
    if (joined.includes(name) && typeof before === 'string' && typeof value === 'string') last[name] = before + value;
    else if (value !== null || before === undefined) last[name] = value;
  }
}
