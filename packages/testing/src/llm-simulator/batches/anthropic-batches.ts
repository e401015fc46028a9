import type { BatchAnswer, SimulatedBatch } from './simulated-batch.js';

/** A batch as Anthropic shows it: counts stay zero until the end. */
export function anthropicBatch(batch: SimulatedBatch, baseUrl: string): object {
  const { id, ended, cancelRequested } = batch;
  const counts = ended
    ? {
        processing: 0,
        succeeded: batch.countOf('succeeded'),
        errored: batch.countOf('errored'),
        canceled: batch.countOf('canceled'),
        expired: batch.countOf('expired'),
      }
    : { processing: batch.requests.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
  return {
    id,
    type: 'message_batch',
    processing_status: ended ? 'ended' : cancelRequested ? 'canceling' : 'in_progress',
    request_counts: counts,
    created_at: new Date(batch.createdAt).toISOString(),
    expires_at: new Date(batch.createdAt + 86_400_000).toISOString(),
    ended_at: ended ? new Date().toISOString() : null,
    cancel_initiated_at: cancelRequested ? new Date().toISOString() : null,
    archived_at: null,
    results_url: ended ? `${baseUrl}/v1/messages/batches/${id}/results` : null,
  };
}

export function anthropicResults(batch: SimulatedBatch): string[] {
  return batch.answers.map((answer) => JSON.stringify({ custom_id: answer.customId, result: resultOf(answer) }));
}

function resultOf({ kind, body }: BatchAnswer): object {
  if (kind === 'succeeded') return { type: kind, message: body };
  return kind === 'errored' ? { type: kind, error: body } : { type: kind };
}
