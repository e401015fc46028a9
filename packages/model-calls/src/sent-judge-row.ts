import { estimateRequestTokens } from '@troupe/agent';
import type { ModelId } from '@troupe/contracts';
import { ABANDONED, callLedgerId, estimatedUsage, type LedgerRow, ledgerRow } from '@troupe/database';
import type { ModelRequest, PriceBook } from '@troupe/spec';

/** What a verdict takes, where nobody knows: a short JSON object. Tokens. */
const VERDICT_TOKENS = 60;

export interface SentJudgeCall {
  /** The run, or whatever else the call is numbered by. UUIDv7. */
  ownerId: string;
  attempt: number;
  number: number;
  model: ModelId;
  request: ModelRequest;
  prices: PriceBook;
  /** Of the run. */
  step?: number;
}

/**
 * The ledger row of a judge's call that is about to leave: as it is to stay should nobody live to know of the answer. What a
 * judge says is shown to nobody, so unlike a turn's call it leaves no trace but this one.
 */
export function sentJudgeRow({ ownerId, attempt, number, model, request, prices, step }: SentJudgeCall): LedgerRow {
  const usage = estimatedUsage(estimateRequestTokens(request), VERDICT_TOKENS);
  return ledgerRow({
    id: callLedgerId(ownerId, attempt, number),
    call: number,
    purpose: 'guardrail',
    model,
    attempt,
    ...(step !== undefined && { step }),
    outcome: ABANDONED,
    usage,
    price: prices.priceOf(model, usage),
  });
}
