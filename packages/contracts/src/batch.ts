import type { ModelSettings } from './agent.js';
import type { FilePart, ImagePart, TextPart } from './content-part.js';
import type { ErrorBody } from './error-body.js';
import type { JsonSchema, JsonValue } from './json.js';
import type { ModelId } from './model-id.js';
import type { StopReason } from './run-status.js';
import type { Usage } from './usage.js';

/**
 * `queued`: not known to be with the provider. `submitted`: it has it and works on nothing of it yet. The last four are for
 * good.
 */
export const BATCH_STATUSES = [
  'queued',
  'submitted',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;

export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** `pending` until its result is stored. */
export const BATCH_ITEM_STATUSES = ['pending', 'completed', 'failed', 'cancelled', 'expired'] as const;

export type BatchItemStatus = (typeof BATCH_ITEM_STATUSES)[number];

export interface BatchMessage {
  role: 'system' | 'user' | 'assistant';
  content: string | (TextPart | ImagePart | FilePart)[];
}

/** One request: `messages`, or a single `message` of a user. */
export interface BatchItem {
  /** Your own name of it, unique in the batch. */
  custom_id: string;
  messages?: BatchMessage[];
  message?: string;
  system?: string;
  settings?: ModelSettings;
  output_schema?: JsonSchema;
}

/** Body of `POST /api/llm/batches`. */
export interface NewBatch {
  /** `provider/model`; default: the server's. */
  model?: ModelId;
  items: BatchItem[];
  /** Your own names and values. */
  metadata?: Record<string, string>;
}

/** How far the items are; they add up to `total`. Before the end as the provider tells it, and some tell nothing. */
export type BatchCounts = Record<BatchItemStatus | 'total', number>;

export interface Batch {
  id: string;
  model: ModelId;
  status: BatchStatus;
  counts: BatchCounts;
  /** A cancel was asked for; the provider may take minutes. */
  cancel_requested: boolean;
  metadata: Record<string, string>;
  /** Of the results that are stored. */
  usage: Usage;
  /** Why the whole batch failed; null otherwise. */
  error: ErrorBody | null;
  created_at: string;
  /** When it was known to be with the provider. */
  submitted_at: string | null;
  ended_at: string | null;
}

/** What became of one item. */
export interface BatchItemResult {
  custom_id: string;
  status: BatchItemStatus;
  message: { role: 'assistant'; content: string } | null;
  /** The answer as the value that it stands for, where a schema was given and it is JSON; not checked against the schema. */
  output: JsonValue | null;
  stop_reason: StopReason | null;
  usage: Usage | null;
  /** Of an item that failed. */
  error: ErrorBody | null;
}
