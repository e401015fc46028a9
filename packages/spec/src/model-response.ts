import type { ContentPart } from '@troupe/contracts';
import type { LimitFeedback } from './call-limiter.js';

/** Why a model stopped. `raw` keeps the provider's own word. */
export interface FinishReason {
  reason: 'stop' | 'length' | 'tool_calls' | 'stop_sequence' | 'content_filter' | 'refusal' | 'other';
  raw: string;
}

/** Tokens as the provider reports them, normalised: input includes cached, output includes reasoning. */
export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  cacheWriteInputTokens: number;
  /** Of those, the tokens that were written to stay for an hour, which costs more. Absent: none, as far as is known. */
  longCacheWriteInputTokens?: number;
  reasoningTokens: number;
  /** US dollars where the provider states them. */
  cost?: number;
  /** True when the provider reported nothing and the numbers are guesses from text length. */
  estimated: boolean;
}

/** A whole answer: text, reasoning and tool calls in the order the model gave them. */
export interface ModelResponse {
  content: ContentPart[];
  finish: FinishReason;
  usage: ModelUsage;
  /** The provider's id of the response, for its support desk. */
  responseId?: string;
  /** The model that answered, in the provider's words, where it differs from the one asked. */
  servedBy?: string;
  /** What the provider said of its limits beside the answer. */
  limits?: LimitFeedback;
}
