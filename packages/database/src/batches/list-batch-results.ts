import type { BatchItemStatus, ErrorBody, Usage } from '@troupe/contracts';
import type { ModelResponse } from '@troupe/spec';
import type { Queryable } from '../database.js';

/** What is kept of an answer beside its usage. */
export type StoredResponse = Pick<ModelResponse, 'content' | 'finish' | 'responseId' | 'servedBy'>;

export interface StoredBatchResult {
  position: number;
  custom_id: string;
  status: BatchItemStatus;
  response: StoredResponse | null;
  usage: Usage | null;
  error: ErrorBody | null;
  /** Whether the answer was to be JSON. */
  has_schema: boolean;
}

/** Positions have no gaps, so a page is a range: any plan for that is a good one, also for a table that is new. */
const LIST_BATCH_RESULTS = {
  name: 'list-batch-results',
  text: `SELECT position, custom_id, status, response, usage, error, request -> 'outputSchema' IS NOT NULL AS has_schema
    FROM batch_items
    WHERE batch_id = $1 AND tenant_id = $2 AND position > $3::int AND position <= $3::int + $4::int ORDER BY position`,
};

/** Items of a batch with what became of them, in the order in which they were given, behind the cursor. */
export function listBatchResults(
  database: Queryable,
  { tenantId, batchId }: { tenantId: string; batchId: string },
  page: { after: number | null; limit: number },
): Promise<StoredBatchResult[]> {
  return database.query<StoredBatchResult>(LIST_BATCH_RESULTS, [batchId, tenantId, page.after ?? -1, page.limit]);
}
