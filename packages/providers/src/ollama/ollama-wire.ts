import type { JsonValue } from '@troupe/contracts';

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
  error?: string;
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
  options?: { temperature?: number; top_p?: number; num_predict?: number; stop?: string[] };
}
