import { isUnpriced, type LedgerRow } from './ledger-row.js';

/** The cost is null when the price of any of the calls is not known: a part of it would look like the whole. */
export function sumOfLedger(ledger: readonly LedgerRow[]) {
  const sum = {
    input_tokens: 0,
    output_tokens: 0,
    cached_input_tokens: 0,
    reasoning_tokens: 0,
    cost: null as number | null,
  };
  for (const row of ledger) {
    sum.input_tokens += row.input_tokens;
    sum.output_tokens += row.output_tokens;
    sum.cached_input_tokens += row.cached_input_tokens;
    sum.reasoning_tokens += row.reasoning_tokens;
    if (row.cost !== null) sum.cost = (sum.cost ?? 0) + row.cost;
  }
  if (ledger.some(isUnpriced)) sum.cost = null;
  return sum;
}
