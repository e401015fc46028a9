import type { ErrorCode, JsonObject, JsonValue } from '@troupe/contracts';
import type { FinishReason, ModelUsage } from '@troupe/spec';

/** The wire formats in which providers stream. */
export type CorpusFormat =
  | 'anthropic-messages'
  | 'ollama-chat'
  | 'openai-chat'
  | 'openai-responses'
  | 'openrouter-chat';

/** One body as a provider may stream it, and what an adapter must make of it. */
export interface StreamCorpus {
  /** What is special about it; unique within its format. */
  name: string;
  body: string | Buffer;
  /**
   * The part of the body behind the last byte of its end marker: without it, or with a piece of it, the answer is whole
   * all the same. Absent: the line ends at the end of the body.
   */
  trailer?: string;
  /** Absent: what the format has for streams. */
  contentType?: string;
  expected: ExpectedAnswer | ExpectedFailure;
}

export interface ExpectedAnswer {
  content: ExpectedPart[];
  finish: FinishReason;
  /** `estimated`: the provider reported nothing. */
  usage: ModelUsage | 'estimated';
  responseId?: string;
  servedBy?: string;
}

export type ExpectedPart =
  | { type: 'text'; text: string }
  /** `sealed`: what must go back to the provider byte for byte; absent: not looked at. */
  | { type: 'reasoning'; text: string; sealed?: JsonValue }
  /** Without an id: one that the adapter makes. */
  | { type: 'tool_call'; id?: string; name: string; arguments: JsonObject; invalid_arguments?: string };

/** Never an answer: an error of this code, after what was streamed until then. */
export interface ExpectedFailure {
  code: ErrorCode;
  /** Text deltas before it. Absent: none. */
  text?: string;
}

/** The model that every corpus answers for; one that names another expects it as `servedBy`. */
export const corpusModel = 'corpus';

export function isAnswer(expected: StreamCorpus['expected']): expected is ExpectedAnswer {
  return 'content' in expected;
}

export function bytesOf({ body }: StreamCorpus): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** From how many bytes on the body holds the whole answer. */
export function completeFrom(corpus: StreamCorpus): number {
  const { length } = bytesOf(corpus);
  if (corpus.trailer !== undefined) return length - Buffer.byteLength(corpus.trailer);
  const lineEnds = /[\r\n]*$/.exec(corpus.body.toString('latin1'))?.[0] ?? '';
  return length - lineEnds.length;
}
