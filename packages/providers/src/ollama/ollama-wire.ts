import type { JsonObject, JsonValue } from '@troupe/contracts';

/** One line of an `/api/chat` answer, or the whole of one that is not streamed. */
export interface WireLine {
  model?: string;
  message?: {
    content?: string;
    thinking?: string;
    tool_calls?: { id?: string; function?: { name?: string; arguments?: JsonValue } }[];
  };
  done?: boolean;
  done_reason?: string;
  prompt_eval_count?: number;
  eval_count?: number;
  error?: JsonValue;
}

export interface WireMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  thinking?: string;
  /** Base64 without a prefix. */
  images?: string[];
  tool_calls?: { id: string; function: { name: string; arguments: JsonValue } }[];
  tool_name?: string;
  tool_call_id?: string;
}

export interface WireRequest {
  model: string;
  messages: WireMessage[];
  stream: boolean;
  tools?: { type: 'function'; function: { name: string; description: string; parameters: JsonValue } }[];
  format?: JsonValue;
  /** Levels for models that have them, yes or no for all others. */
  think?: boolean | 'low' | 'medium' | 'high';
  /** How long the model stays loaded: seconds, or a duration such as `10m`; -1 for ever. */
  keep_alive?: number | string;
  options?: JsonObject;
}

export interface WireEmbedRequest {
  model: string;
  input: string[];
  dimensions?: number;
  /** False: a text that is too long is an error, and not cut in silence. */
  truncate: false;
}

export interface WireEmbeddings {
  embeddings?: number[][];
  prompt_eval_count?: number;
}
