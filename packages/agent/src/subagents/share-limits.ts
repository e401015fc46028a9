import type { RunLimits } from '@troupe/contracts';

/** Limits that a run with nothing of them left cannot begin under. Without calls of tools it can answer. */
const NEEDED = ['max_requests', 'max_total_tokens', 'max_output_tokens', 'max_cost_usd'] as const;

/** A billionth of a US dollar: sums of shares must not pass the whole by the rounding of fractions. */
const MONEY_UNITS = 1_000_000_000;

/**
 * What each of several runs may take of what is left, so that all of them together take no more, whatever each of them
 * knows of the others. Counts are dealt out to the last one, the first runs getting one more.
 * @returns a share for each run that can begin with one, in order: fewer than were asked for where too little is left
 */
export function shareLimits(left: RunLimits, runs: number): RunLimits[] {
  const able = NEEDED.reduce((most, name) => {
    const amount = left[name];
    if (amount === undefined) return most;
    return Math.min(most, name === 'max_cost_usd' ? (amount > 0 ? runs : 0) : Math.floor(amount));
  }, runs);
  return Array.from({ length: able }, (_, index) => {
    const share: RunLimits = {};
    for (const [name, amount] of Object.entries(left) as [keyof RunLimits, number][]) {
      share[name] = name === 'max_cost_usd' ? moneyShare(amount, able) : countShare(amount, able, index);
    }
    return share;
  });
}

function countShare(amount: number, runs: number, index: number): number {
  const whole = Math.floor(amount);
  return Math.floor(whole / runs) + (index < whole % runs ? 1 : 0);
}

function moneyShare(amount: number, runs: number): number {
  return runs === 1 ? amount : Math.floor((amount / runs) * MONEY_UNITS) / MONEY_UNITS;
}
