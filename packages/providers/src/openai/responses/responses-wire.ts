import type { JsonObject } from '@troupe/contracts';
import type { WireError } from '../openai-wire.js';

/** What the Responses API answers, as far as it is read here; everything is optional, as servers differ. */
export interface WireResponse {
  id?: string;
  model?: string;
  status?: string;
  error?: WireError | null;
  incomplete_details?: { reason?: string } | null;
  output?: WireItem[];
  usage?: WireResponsesUsage | null;
}

/** One item of an answer: `message`, `reasoning`, `function_call`, or what our requests never ask for. */
export interface WireItem extends JsonObject {
  type: string;
}

export interface WireResponsesUsage {
  input_tokens?: number;
  output_tokens?: number;
  input_tokens_details?: { cached_tokens?: number | null; cache_write_tokens?: number | null } | null;
  output_tokens_details?: { reasoning_tokens?: number | null } | null;
}

/** One event of a stream; about sixty types exist, few are read. */
export interface WireEvent {
  type?: string;
  output_index?: number;
  item?: WireItem;
  delta?: string;
  summary_index?: number;
  response?: WireResponse;
  /** Of `error` events; some servers nest what others write flat. */
  error?: WireError | null;
  message?: string;
  code?: string | null;
}
