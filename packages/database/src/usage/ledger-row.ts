import { type ModelId, newId } from '@troupe/contracts';
import type { ModelUsage, PricedUsage } from '@troupe/spec';

/** The outcome of a call whose answer nobody could keep: its worker died, or had lost its run when the answer came. */
export const ABANDONED = 'abandoned';

/** One provider call attempt as the ledger has it. */
export interface LedgerRow {
  id: string;
  /** Step of the run; null for calls outside of one. */
  step: number | null;
  /** The attempt that made the call; null: the one that stores the row. */
  attempt: number | null;
  /** Which of the attempt's calls it is, from 1. */
  call: number;
  purpose: 'turn' | 'guardrail' | 'direct' | 'batch' | 'embedding' | 'title' | 'summary' | 'facts';
  provider: string;
  model: string;
  /** `completed`, `aborted`, `abandoned`, or the code of the error that ended the call. */
  outcome: string;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  reasoning_tokens: number;
  /** US dollars; null when the price is not known, never 0. */
  cost: number | null;
  /** By which prices the cost was made; null when there is none. */
  price_version: string | null;
  estimated: boolean;
}

export function ledgerRow(call: {
  /** Where one attempt makes one call: `callLedgerId`. */
  id?: string;
  purpose: LedgerRow['purpose'];
  model: ModelId;
  outcome: string;
  usage: ModelUsage;
  /** What the price book says of it; absent: only what the provider itself stated is known. */
  price?: PricedUsage | undefined;
  step?: number;
  attempt?: number;
  /** Which of the attempt's calls it is; 1 unless told. */
  call?: number;
}): LedgerRow {
  const { price = statedPrice(call.usage) } = call;
  const slash = call.model.indexOf('/');
  return {
    id: call.id ?? newId(),
    step: call.step ?? null,
    attempt: call.attempt ?? null,
    call: call.call ?? 1,
    purpose: call.purpose,
    provider: call.model.slice(0, slash),
    model: call.model.slice(slash + 1),
    outcome: call.outcome,
    input_tokens: call.usage.inputTokens,
    output_tokens: call.usage.outputTokens,
    cached_input_tokens: call.usage.cachedInputTokens,
    cache_write_input_tokens: call.usage.cacheWriteInputTokens,
    reasoning_tokens: call.usage.reasoningTokens,
    cost: price?.cost ?? null,
    price_version: price?.priceVersion ?? null,
    estimated: call.usage.estimated,
  };
}

/** Whether the call cost something and nobody knows what. One that used nothing cost nothing at any price. */
export function isUnpriced({
  cost,
  input_tokens,
  output_tokens,
}: Pick<LedgerRow, 'cost' | 'input_tokens' | 'output_tokens'>): boolean {
  return cost === null && input_tokens + output_tokens > 0;
}

function statedPrice({ cost }: ModelUsage): PricedUsage | undefined {
  return cost === undefined ? undefined : { cost, priceVersion: 'provider' };
}
