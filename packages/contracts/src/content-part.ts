import type { JsonObject, JsonValue } from './json.js';

export interface TextPart {
  type: 'text';
  text: string;
}

/** Bytes as base64 with their media type, or a URL that the provider fetches. */
export interface ImagePart {
  type: 'image';
  source: { type: 'base64'; media_type: string; data: string } | { type: 'url'; url: string };
}

/** A document: its bytes as base64, or a URL that the provider fetches. PDF is understood by most. */
export interface FilePart {
  type: 'file';
  name: string;
  media_type: string;
  source: { type: 'base64'; data: string } | { type: 'url'; url: string };
}

/**
 * What a model thought. `opaque` goes back to the provider that made it byte for byte, or is dropped whole;
 * it is never edited and never sent to another provider.
 */
export interface ReasoningPart {
  type: 'reasoning';
  text: string;
  opaque?: { provider: string; model: string; data: JsonValue };
}

/** A call that the model asks for. `id` pairs it with its result. */
export interface ToolCallPart {
  type: 'tool_call';
  id: string;
  name: string;
  /** Parsed arguments; when the model's text is no JSON object, `{}` here and the text in `invalid_arguments`. */
  arguments: JsonObject;
  invalid_arguments?: string;
}

/**
 * The answer to one call. `pending` until the tool finished: a pair is never half there. `held`: it is there, and a guardrail
 * has yet to read it; nobody else does before.
 */
export interface ToolResultPart {
  type: 'tool_result';
  tool_call_id: string;
  name: string;
  status: 'pending' | 'held' | 'completed' | 'failed';
  /** Of a held one: what its status is to be. */
  held_as?: 'completed' | 'failed';
  /** What the model reads. */
  content: string;
  /**
   * Whether it may hold words of strangers, where the runtime knows: `false` of its own words and of an agent that read
   * nothing of theirs, `true` of one that did. Absent: as its tool says.
   */
  untrusted?: boolean;
}

/** A piece of a message. */
export type ContentPart = TextPart | ImagePart | FilePart | ReasoningPart | ToolCallPart | ToolResultPart;

/** The visible text of a message: its text parts joined. */
export function textOf(content: readonly ContentPart[]): string {
  let text = '';
  for (const part of content) if (part.type === 'text') text += part.text;
  return text;
}
