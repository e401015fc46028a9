import { usageOf } from '@troupe/agent';
import { cleanJson, type ModelId, TroupeError } from '@troupe/contracts';
import { callLedgerId, ledgerRow, type NewBatchResult } from '@troupe/database';
import type { BatchResult, ModelUsage, PriceBook } from '@troupe/spec';

export interface PricedBatch {
  id: string;
  model: ModelId;
  prices: PriceBook;
}

/** Of a request that the provider refused or could not answer: it is not billed. */
const NOTHING_USED: ModelUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningTokens: 0,
  estimated: false,
};

/** The name of a request at its provider is its position. Undefined for what we never sent. */
export function positionOf(customId: string): number | undefined {
  return /^\d{1,9}$/.test(customId) ? Number(customId) : undefined;
}

/** A result as it is stored: free of what Postgres refuses, with its ledger row at the price of batches. */
export function storedBatchResult(result: BatchResult, position: number, batch: PricedBatch): NewBatchResult {
  const empty = { position, response: null, usage: null, error: null, ledger: null };
  switch (result.status) {
    case 'completed':
      return storedResponse(result, position, batch);
    case 'failed': {
      const error = cleanJson(result.error.toBody());
      return { ...empty, status: 'failed', error, ledger: ledgerOf(batch, position, error.code, NOTHING_USED) };
    }
    default:
      return { ...empty, status: result.status };
  }
}

function storedResponse(
  { response, customId }: Extract<BatchResult, { status: 'completed' }>,
  position: number,
  batch: PricedBatch,
): NewBatchResult {
  const { content, finish, responseId, servedBy, usage } = response;
  const ledger = ledgerOf(batch, position, 'completed', usage);
  const base = { position, usage: { ...usageOf(usage), cost: ledger.cost }, ledger };
  const kept = { content, finish, ...(responseId && { responseId }), ...(servedBy && { servedBy }) };
  try {
    return { ...base, status: 'completed', response: cleanJson(kept), error: null };
  } catch (cause) {
    // Arguments of a call that are nested deeper than may be stored. It is paid all the same.
    const error = new TroupeError({
      code: 'provider_bad_response',
      fault: 'upstream',
      message: `The answer to the request ${customId} cannot be stored: ${String(cause)}`,
      cause,
    });
    return { ...base, status: 'failed', response: null, error: cleanJson(error.toBody()) };
  }
}

function ledgerOf({ id, model, prices }: PricedBatch, position: number, outcome: string, usage: ModelUsage) {
  // A request is one call of its batch; whoever stores its result comes to the same id.
  const call = position + 1;
  return ledgerRow({
    id: callLedgerId(id, 1, call),
    purpose: 'batch',
    model,
    outcome,
    usage,
    price: prices.priceOf(model, usage, { batch: true }),
    attempt: 1,
    call,
  });
}
