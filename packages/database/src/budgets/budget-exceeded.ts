import { type BudgetPeriod, TroupeError } from '@troupe/contracts';
import type { BudgetRefusal } from './reserve-budgets.js';

const ADJECTIVES: Record<BudgetPeriod, string> = {
  hour: 'hourly ',
  day: 'daily ',
  week: 'weekly ',
  month: 'monthly ',
  total: '',
};

/** Single calls may cost a fraction of a cent. */
const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 6 });

/** A call that a budget does not let through; `amount` is what it may cost, null when nobody knows. */
export function budgetExceeded(refusal: BudgetRefusal, amount: number | null): TroupeError {
  const { id, scope, subject, period, limit, spent, reserved, remaining, resetsAt } = refusal;
  return new TroupeError({
    code: 'budget_exceeded',
    fault: 'caller',
    message: messageOf(refusal, amount),
    details: {
      budget: { id, scope, subject, period },
      limit_usd: limit,
      spent,
      reserved,
      remaining,
      amount,
      resets_at: resetsAt,
    },
  });
}

function messageOf(refusal: BudgetRefusal, amount: number | null): string {
  const { scope, subject, period, unpriced, limit, spent, reserved, resetsAt } = refusal;
  const owner = subject === null ? `the ${scope}` : `${scope} "${subject}"`;
  const name = `the ${ADJECTIVES[period]}budget of ${owner}`;
  if (amount === null && unpriced === 'refuse') {
    return (
      `Nobody knows what this call costs, and ${name} lets no such call through. ` +
      'Set the price of the model in TROUPE_PRICES_FILE.'
    );
  }
  const state = `Of ${dollars.format(limit)}, ${name}, ${dollars.format(spent)} is spent`;
  const held = reserved > 0 ? ` and ${dollars.format(reserved)} held back for calls that are under way` : '';
  const asked =
    amount === null
      ? 'nothing is left for a call whose price nobody knows'
      : `not enough is left for this call, which may cost ${dollars.format(amount)}`;
  const reset = resetsAt === null ? 'Raise its limit to go on.' : `It resets at ${resetsAt}.`;
  return `${state}${held}: ${asked}. ${reset}`;
}
