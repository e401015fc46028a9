import type { JsonObject } from '@troupe/contracts';

/** What Messages answers hold, as far as it is read here; blocks and events of other kinds are passed over. */
export interface WireAnswer {
  type?: string;
  id?: string;
  model?: string;
  content?: WireBlock[];
  stop_reason?: string | null;
  usage?: WireUsage | null;
  error?: WireError;
}

export interface WireEvent {
  type?: string;
  /** Of the block that a piece belongs to. */
  index?: number;
  message?: WireAnswer;
  content_block?: WireBlock;
  delta?: WireDelta;
  usage?: WireUsage | null;
  error?: WireError;
}

export type WireBlock = JsonObject & { type: string };

export interface WireDelta {
  type?: string;
  text?: string;
  thinking?: string;
  signature?: string;
  partial_json?: string;
  stop_reason?: string | null;
}

export interface WireUsage {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  /** What was written, by how long it stays. */
  cache_creation?: { ephemeral_1h_input_tokens?: number | null } | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

export interface WireError {
  type?: string;
  message?: string;
}
