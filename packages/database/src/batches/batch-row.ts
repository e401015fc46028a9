import type { Batch, BatchStatus, ErrorBody } from '@troupe/contracts';

export const BATCH_COLUMNS = `id, model, status, metadata, total, completed, failed, cancelled, expired, told_completed,
  told_failed, input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, cost, unpriced, error,
  cancel_requested_at, created_at, submitted_at, ended_at`;

export interface BatchRow {
  id: string;
  model: string;
  status: BatchStatus;
  metadata: Record<string, string>;
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  expired: number;
  told_completed: number;
  told_failed: number;
  input_tokens: string;
  output_tokens: string;
  cached_input_tokens: string;
  reasoning_tokens: string;
  cost: string;
  unpriced: boolean;
  error: ErrorBody | null;
  cancel_requested_at: Date | null;
  created_at: Date;
  submitted_at: Date | null;
  ended_at: Date | null;
}

/** A batch as it is shown. Until its results are stored it shows what the provider told. */
export function batchFromRow(row: BatchRow): Batch {
  const ended = row.ended_at !== null;
  const completed = ended ? row.completed : Math.max(row.completed, row.told_completed);
  const failed = ended ? row.failed : Math.max(row.failed, row.told_failed);
  const { cancelled, expired, total } = row;
  const [inputTokens, outputTokens] = [Number(row.input_tokens), Number(row.output_tokens)];
  return {
    id: row.id,
    model: row.model,
    status: row.status,
    counts: {
      total,
      pending: Math.max(0, total - completed - failed - cancelled - expired),
      completed,
      failed,
      cancelled,
      expired,
    },
    cancel_requested: row.cancel_requested_at !== null,
    metadata: row.metadata,
    usage: {
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      cached_input_tokens: Number(row.cached_input_tokens),
      reasoning_tokens: Number(row.reasoning_tokens),
      cost: row.unpriced ? null : Number(row.cost),
    },
    error: row.error,
    created_at: row.created_at.toISOString(),
    submitted_at: row.submitted_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}
