import type { JsonValue } from '@troupe/contracts';

/**
 * What Chat Completions answers hold, OpenAI's own and OpenRouter's superset, as far as it is read here. Everything
 * is optional: many servers speak this format, each a little differently.
 */
export interface WireChunk {
  id?: string;
  model?: string;
  /** OpenRouter: the upstream that answers. */
  provider?: string;
  choices?: WireChoice[];
  usage?: WireUsage | null;
  error?: WireError | null;
}

export interface WireChoice {
  index?: number;
  delta?: WireMessage;
  message?: WireMessage;
  finish_reason?: string | null;
  /** OpenRouter: the upstream failed after the answer had begun. */
  error?: WireError | null;
}

export interface WireMessage {
  content?: string | null;
  refusal?: string | null;
  /** OpenRouter's and Ollama's name of visible reasoning. */
  reasoning?: string | null;
  /** The same at DeepSeek, vLLM and others. */
  reasoning_content?: string | null;
  /** OpenRouter: what must be sent back unchanged, in pieces when streamed. */
  reasoning_details?: JsonValue[] | null;
  tool_calls?: WireToolCall[] | null;
}

export interface WireToolCall {
  /** Pieces of one call carry the same index. */
  index?: number;
  id?: string | null;
  /** Arguments are a text; some servers send the object that it should hold. */
  function?: { name?: string | null; arguments?: JsonValue } | null;
}

export interface WireUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number | null; cache_write_tokens?: number | null } | null;
  completion_tokens_details?: { reasoning_tokens?: number | null } | null;
  /** US dollars; OpenRouter only. With the caller's own key at the upstream, its fee alone. */
  cost?: number | null;
  is_byok?: boolean | null;
  cost_details?: { upstream_inference_cost?: number | null } | null;
}

export interface WireError {
  message?: string;
  type?: string | null;
  /** A word at OpenAI, an HTTP status at OpenRouter. */
  code?: string | number | null;
  /** OpenRouter: what the upstream said, where its own message says only that it did. */
  metadata?: { raw?: unknown } | null;
}
