import { type CallAttempt, estimateRequestTokens, estimateTextTokens } from '@troupe/agent';
import { type ModelId, TroupeError, type Usage } from '@troupe/contracts';
import {
  ABANDONED,
  type ClaimedRun,
  callLedgerId,
  estimatedUsage,
  type LedgerRow,
  type LostCall,
  ledgerRow,
} from '@troupe/database';
import type { ModelRequest, PriceBook } from '@troupe/spec';
import { TurnStopped } from '../leases/turn-stopped.js';

/** What a worker sent that died. */
export interface LostRequest {
  request: ModelRequest;
  model: ModelId;
}

/** A row for every request that a turn sent, answered or not. */
export function ledgerOfCalls(run: ClaimedRun, attempts: readonly CallAttempt[], prices: PriceBook): LedgerRow[] {
  return attempts.map(({ number, model, error, usage }) =>
    ledgerRow({
      id: callLedgerId(run.id, run.attempt, number),
      call: number,
      purpose: 'turn',
      model,
      step: run.step,
      attempt: run.attempt,
      outcome: error === undefined ? 'completed' : outcomeOf(error),
      usage,
      price: prices.priceOf(model, usage),
    }),
  );
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

function outcomeOf(error: unknown): string {
  if (error instanceof TroupeError) return error.code;
  if (!(error instanceof TurnStopped)) return 'aborted';
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

/** The cost of a sum is known when that of every part is that used any tokens: a null is never taken for nothing. */
export function sumUsage(a: Usage, b: Usage): Usage {
  const isUnpriced = [a, b].some(({ cost, total_tokens }) => cost === null && total_tokens > 0);
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    cost: isUnpriced || (a.cost === null && b.cost === null) ? null : (a.cost ?? 0) + (b.cost ?? 0),
  };
}
