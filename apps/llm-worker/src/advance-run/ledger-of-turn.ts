import { addUsage, type CallAttempt, estimateRequestTokens, estimateTextTokens } from '@troupe/agent';
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

const NOTHING: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: null,
};

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

/** The ledger rows of an attempt whose worker died: its last call sent what is sent now, as far as anybody can tell. */
export function ledgerOfLostCalls(
  run: ClaimedRun,
  call: LostCall,
  lost: LostRequest | undefined,
  prices: PriceBook,
): LedgerRow[] {
  if (call.ended) return call.told;
  const input = lost ? estimateRequestTokens(lost.request) : 0;
  const model = lost?.model ?? run.model;
  const usage = estimatedUsage(input, estimateTextTokens(call.streamedCharacters));
  const number = call.told.length + 1;
  const last = ledgerRow({
    id: callLedgerId(run.id, call.attempt, number),
    call: number,
    purpose: 'turn',
    model,
    step: run.step,
    attempt: call.attempt,
    outcome: ABANDONED,
    usage,
    price: prices.priceOf(model, usage),
  });
  return [...call.told, last];
}

function outcomeOfTurn(error: unknown): string {
  if (!(error instanceof TurnStopped)) return outcomeOfError(error);
  if (error.because === 'lease_lost') return ABANDONED;
  return error.because === 'turn_timeout' ? error.because : 'aborted';
}

/** The usage of all calls of a turn. */
export function usageOfCalls(ledger: readonly LedgerRow[]): Usage {
  return ledger.map(usageOf).reduce<Usage>(addUsage, NOTHING);
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
