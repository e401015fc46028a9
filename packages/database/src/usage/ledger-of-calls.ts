import { type ModelId, TroupeError } from '@troupe/contracts';
import type { ModelUsage, PriceBook } from '@troupe/spec';
import { callLedgerId } from './call-ledger-id.js';
import { type LedgerRow, ledgerRow } from './ledger-row.js';

/** A request that left for a provider, and what became of it. */
export interface MadeCall {
  /** Which of its attempt it is, from 1. */
  number: number;
  model: ModelId;
  /** Undefined: it was answered. */
  error?: unknown;
  usage: ModelUsage;
}

export interface LedgerOfCallsOptions {
  /** Whose calls they are: a run, a task, or a request of its own. UUIDv7. */
  ownerId: string;
  attempt: number;
  purpose: LedgerRow['purpose'];
  prices: PriceBook;
  /** What the rows say of it; absent: nothing, as for calls outside of runs and tasks. */
  place?: { step?: number; attempt: number };
  /** The word for an error; absent: `outcomeOfError`. */
  outcomeOf?(error: unknown): string;
}

/** A row for every request, answered or not. */
export function ledgerOfCalls(calls: readonly MadeCall[], options: LedgerOfCallsOptions): LedgerRow[] {
  const { ownerId, attempt, purpose, prices, place, outcomeOf = outcomeOfError } = options;
  return calls.map(({ number, model, error, usage }) =>
    ledgerRow({
      id: callLedgerId(ownerId, attempt, number),
      call: number,
      purpose,
      model,
      ...place,
      outcome: error === undefined ? 'completed' : outcomeOf(error),
      usage,
      price: prices.priceOf(model, usage),
    }),
  );
}

/** The code of an error, and `aborted` for whatever else ended a call. */
export function outcomeOfError(error: unknown): string {
  return error instanceof TroupeError ? error.code : 'aborted';
}
