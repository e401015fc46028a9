import type { ModelResponse } from './model-response.js';

/** What a streaming model yields. Tool calls are keyed by their index within the response. */
export type ModelEvent =
  | { type: 'text.delta'; delta: string }
  | { type: 'reasoning.delta'; delta: string }
  | { type: 'tool_call.started'; index: number; id: string; name: string }
  | { type: 'tool_call.delta'; index: number; delta: string }
  | { type: 'completed'; response: ModelResponse };
