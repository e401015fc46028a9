import { type CallAttempt, estimateRequestTokens, estimateTextTokens } from '@troupe/agent';
import type { ModelId, Usage } from '@troupe/contracts';
import {
  ABANDONED,
  type ClaimedRun,
  callLedgerId,
  estimatedUsage,
  type LedgerRow,
  type LostCall,
  ledgerOfCalls,
  ledgerRow,
  outcomeOfError,
} from '@troupe/database';
import type { ModelRequest, PriceBook } from '@troupe/spec';
import { TurnStopped } from '../leases/turn-stopped.js';

/** What a worker sent that died. */
export interface LostRequest {
  request: ModelRequest;
  model: ModelId;
}

/** A row for every request that a turn sent, answered or not. */
export function ledgerOfTurn(run: ClaimedRun, attempts: readonly CallAttempt[], prices: PriceBook): LedgerRow[] {
  const { id: ownerId, step, attempt } = run;
  const place = { step, attempt };
  return ledgerOfCalls(attempts, { ownerId, attempt, purpose: 'turn', prices, place, outcomeOf: outcomeOfTurn });
}

/** The ledger row of a call whose worker died: it sent what is sent now, as far as anybody can tell. */
export function ledgerOfLostCall(
  run: ClaimedRun,
  call: LostCall,
  lost: LostRequest | undefined,
  prices: PriceBook,
): LedgerRow {
  const input = lost ? estimateRequestTokens(lost.request) : 0;
  const model = lost?.model ?? run.model;
  const usage = estimatedUsage(input, estimateTextTokens(call.streamedCharacters));
  return ledgerRow({
    id: callLedgerId(run.id, call.attempt),
    purpose: 'turn',
    model,
    step: run.step,
    attempt: call.attempt,
    outcome: ABANDONED,
    usage,
    price: prices.priceOf(model, usage),
  });
}

function outcomeOfTurn(error: unknown): string {
  if (!(error instanceof TurnStopped)) return outcomeOfError(error);
  if (error.because === 'lease_lost') return ABANDONED;
  return error.because === 'turn_timeout' ? error.because : 'aborted';
}

/** One call's usage as events and resources show it. */
export function usageOf(row: LedgerRow): Usage {
  return {
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    total_tokens: row.input_tokens + row.output_tokens,
    cached_input_tokens: row.cached_input_tokens,
    reasoning_tokens: row.reasoning_tokens,
    cost: row.cost,
  };
}
