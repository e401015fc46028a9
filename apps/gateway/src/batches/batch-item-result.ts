import { stopReasonOf } from '@troupe/agent';
import { type BatchItemResult, type JsonValue, textOf } from '@troupe/contracts';
import type { StoredBatchResult } from '@troupe/database';

/** An item as it is shown. */
export function batchItemResult(stored: StoredBatchResult): BatchItemResult {
  const { custom_id, status, response, usage, error, has_schema } = stored;
  const text = response && textOf(response.content);
  return {
    custom_id,
    status,
    message: text === null ? null : { role: 'assistant', content: text },
    output: has_schema && text !== null ? parsed(text) : null,
    stop_reason: response && stopReasonOf(response.finish.reason),
    usage,
    error,
  };
}

/** Null for what is no JSON: the model was cut off, or refused. */
function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
