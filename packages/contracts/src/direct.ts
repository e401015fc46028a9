import type { JsonSchema } from './json.js';
import type { StopReason } from './run-status.js';
import type { Usage } from './usage.js';

export interface DirectMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** Body of `POST /api/llm/direct`, whose other form is the bare array of messages. */
export interface DirectRequest {
  messages: DirectMessage[];
  model?: string;
  /** Asked in this order when the model cannot answer. */
  fallback_models?: string[];
  temperature?: number;
  max_tokens?: number;
  stream?: boolean;
  output_schema?: JsonSchema;
}

export interface DirectResponse {
  message: { role: 'assistant'; content: string };
  model: string;
  stop_reason: StopReason;
  usage: Usage;
}
