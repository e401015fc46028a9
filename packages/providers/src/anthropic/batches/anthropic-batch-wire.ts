import type { WireAnswer, WireError } from '../anthropic-wire.js';

/** A batch as far as it is read here. */
export interface WireBatch {
  id?: string;
  processing_status?: string;
  /** RFC 3339. */
  created_at?: string;
  /** All zero but `processing` until the batch has ended. */
  request_counts?: WireBatchCounts | null;
}

export interface WireBatchCounts {
  processing?: number;
  succeeded?: number;
  errored?: number;
  canceled?: number;
  expired?: number;
}

export interface WireBatchList {
  data?: WireBatch[];
  has_more?: boolean;
  last_id?: string | null;
}

/** A line of the results. */
export interface WireResultLine {
  custom_id?: string;
  result?: {
    type?: string;
    message?: WireAnswer;
    /** The body of an error response: the error proper is inside. */
    error?: { error?: WireError } | null;
  };
}
