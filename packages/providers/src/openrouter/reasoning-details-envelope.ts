import type { ContentPart, JsonObject, JsonValue } from '@troupe/contracts';
import type { ReasoningEnvelope } from '../openai/chat-completion-parser.js';
import type { WireChunk } from '../openai/openai-wire.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';

/** Fields that arrive in pieces, to be joined; all others are sent once. */
const joined = ['text', 'summary', 'data'];

/** What one answer wants back, and who alone can read it: signatures are the upstream's. */
export interface SealedReasoning {
  upstream?: string;
  /** The model that wrote it, where the request left a choice. */
  model?: string;
  details: JsonValue[];
}

/**
 * `reasoning_details` of one answer. Streamed pieces of one block carry the same type and index and follow each
 * other; joined they are the block that OpenRouter wants back, in order and otherwise untouched.
 */
export class ReasoningDetailsEnvelope implements ReasoningEnvelope {
  readonly #details: JsonValue[] = [];
  #upstream: string | undefined;
  #servedBy: string | undefined;

  constructor(
    readonly model: string,
    readonly provider = 'openrouter',
  ) {}

  begin({ provider, model }: WireChunk): void {
    this.#upstream = provider;
    this.#servedBy = model;
  }

  add(details: readonly JsonValue[]): void {
    for (const piece of details) {
      const last = this.#details.at(-1);
      if (isJsonObject(piece) && isJsonObject(last) && continues(last, piece)) join(last, piece);
      else this.#details.push(isJsonObject(piece) ? { ...piece } : piece);
    }
  }

  seal(): { provider: string; model: string; data: JsonValue } | undefined {
    const details = this.#details;
    if (details.length === 0) return undefined;
    const writer = { upstream: this.#upstream ?? '', ...(this.#servedBy !== undefined && { model: this.#servedBy }) };
    // A server in OpenRouter's place may have no upstreams to tell apart.
    return {
      provider: this.provider,
      model: this.model,
      data: this.#upstream === undefined ? details : { ...writer, details },
    };
  }
}

/** The reasoning that a message brought from this very model; undefined when there is none. */
export function sealedReasoningOf(
  content: readonly ContentPart[],
  asked: { provider: string; model: string },
): SealedReasoning | undefined {
  for (const part of content) {
    if (part.type !== 'reasoning' || part.opaque === undefined) continue;
    const { provider, model, data } = part.opaque;
    if (provider !== asked.provider || model !== asked.model) continue;
    if (Array.isArray(data)) return { details: data };
    if (!isJsonObject(data) || !Array.isArray(data.details)) continue;
    return {
      ...(typeof data.upstream === 'string' && { upstream: data.upstream }),
      ...(typeof data.model === 'string' && { model: data.model }),
      details: data.details,
    };
  }
  return undefined;
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
