import type { BatchAnswer, SimulatedBatch } from './simulated-batch.js';

/** A batch as OpenAI shows it. */
export function openAiBatch(batch: SimulatedBatch, inputFileId: string): object {
  const { behavior, requests } = batch;
  const seconds = Math.floor(batch.createdAt / 1_000);
  const hasAnswers = batch.countOf('succeeded') > 0;
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    input_file_id: inputFileId,
    completion_window: '24h',
    status: statusOf(batch),
    created_at: seconds,
    expires_at: seconds + 86_400,
    output_file_id: hasAnswers ? `${batch.id}-output` : null,
    error_file_id: batch.answers.length > batch.countOf('succeeded') ? `${batch.id}-errors` : null,
    request_counts: {
      total: requests.length,
      completed: batch.countOf('succeeded'),
      failed: batch.answers.length - batch.countOf('succeeded'),
    },
    metadata: batch.metadata,
    errors:
      batch.phase === 'failed'
        ? {
            object: 'list',
            data: [
              {
                code: behavior.errorCode ?? 'invalid_request',
                message: behavior.errorMessage ?? 'The file has an invalid line.',
                line: behavior.errorCode === undefined ? 1 : null,
                param: null,
              },
            ],
          }
        : null,
  };
}

/** Answers go to one file, everything else to the other. */
export function openAiResults(batch: SimulatedBatch, file: 'output' | 'errors'): string[] {
  return batch.answers
    .filter(({ kind }) => (kind === 'succeeded') === (file === 'output'))
    .map((answer, index) => JSON.stringify({ id: `${batch.id}-${file}-${index}`, ...resultOf(answer) }));
}

function resultOf({ customId, kind, status, body }: BatchAnswer): object {
  if (kind === 'canceled' || kind === 'expired') {
    const code = kind === 'canceled' ? 'batch_cancelled' : 'batch_expired';
    return { custom_id: customId, response: null, error: { code, message: 'This request was not executed.' } };
  }
  return { custom_id: customId, response: { status_code: status, request_id: 'req_batched', body }, error: null };
}

function statusOf({ phase, polls, cancelRequested }: SimulatedBatch): string {
  if (phase !== 'in_progress') return phase;
  if (cancelRequested) return 'cancelling';
  return polls === 0 ? 'validating' : 'in_progress';
}
