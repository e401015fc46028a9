import type { BatchProvider, BatchRequest } from '@troupe/spec';
import type { RequestFormatter } from './registered-formatters.js';

/** Requests of batches are shaped as live ones are. The provider itself where no formatter applies. */
export function withBatchFormatters(batches: BatchProvider, formatters: readonly RequestFormatter[]): BatchProvider {
  const applied = formatters.filter((formatter) => formatter.appliesTo(batches.model));
  if (applied.length === 0) return batches;
  const format = ({ customId, request }: BatchRequest): BatchRequest => ({
    customId,
    request: applied.reduce((shaped, formatter) => formatter.format(shaped, batches.model), request),
  });
  async function* formatAll(requests: AsyncIterable<BatchRequest>): AsyncGenerator<BatchRequest, void> {
    for await (const request of requests) yield format(request);
  }
  return {
    model: batches.model,
    accounts: batches.accounts,
    limits: batches.limits,
    sizeOf: (request) => batches.sizeOf(format(request)),
    submit: (requests, submission) => batches.submit(formatAll(requests), submission),
    find: (intent, others, signal) => batches.find(intent, others, signal),
    status: (batch, signal) => batches.status(batch, signal),
    results: (batch, signal) => batches.results(batch, signal),
    cancel: (batch, signal) => batches.cancel(batch, signal),
  };
}
