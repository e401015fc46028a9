import type { JsonObject } from '@troupe/contracts';
import type { WireError } from '../openai-wire.js';

/** A batch as far as it is read here. */
export interface WireBatch {
  id?: string;
  status?: string;
  /** Seconds since 1970. */
  created_at?: number;
  output_file_id?: string | null;
  error_file_id?: string | null;
  request_counts?: { completed?: number; failed?: number } | null;
  metadata?: Record<string, string> | null;
  errors?: { data?: WireBatchError[] | null } | null;
}

export interface WireBatchError {
  code?: string | null;
  message?: string | null;
  /** Of the input file. */
  line?: number | null;
}

export interface WireBatchList {
  data?: WireBatch[];
  has_more?: boolean;
}

export interface WireFile {
  id?: string;
}

/** A line of the output file or of the error file. */
export interface WireResultLine {
  custom_id?: string;
  response?: { status_code?: number; body?: (JsonObject & { error?: WireError | null }) | null } | null;
  error?: WireError | null;
}
