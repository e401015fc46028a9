import { LIMIT_NUMBERS, type Limit, type LimitNumber, type LimitUsage } from '@troupe/contracts';
import { NUMBER_NAMES, readableNumber } from './describe-limit.js';
import { formatTable } from './format-table.js';

/** Where the limiter counts what a number limits. */
const counterOf = (number: LimitNumber): string => (number === 'max_concurrency' ? 'concurrency' : number);

/**
 * Lines that show the limits in effect: a row for each account that is counted, with what is left of each number. Limits
 * that nobody counts, because their provider has no key, show what they allow.
 */
export function limitsTable(limits: readonly Limit[], usages: readonly LimitUsage[]): string[] {
  const inEffect = limits.filter((limit) => limit.in_effect);
  const numbers = LIMIT_NUMBERS.filter((number) => inEffect.some((limit) => limit[number] !== undefined));
  const header = [
    ...['LIMIT', 'ACCOUNT', ...numbers.map((number) => NUMBER_NAMES[number].toUpperCase())],
    ...['UNDER WAY', 'WAITING', 'PAUSED UNTIL', 'SET BY'],
  ];
  const rows = inEffect.flatMap((limit) => {
    const counted = usages.filter((usage) => limitOf(usage, inEffect) === limit);
    return counted.length > 0 ? counted.map((usage) => usageRow(limit, usage, numbers)) : [idleRow(limit, numbers)];
  });
  return formatTable([header, ...rows]);
}

/** Limits come in the order in which they are asked: the first that fits is the one that counts. */
function limitOf(usage: LimitUsage, limits: readonly Limit[]): Limit | undefined {
  return limits.find(
    ({ provider, model, account }) =>
      provider === usage.provider && model === usage.model && (account === undefined || account === usage.account),
  );
}

function usageRow(limit: Limit, usage: LimitUsage, numbers: readonly LimitNumber[]): string[] {
  const left = numbers.map((number) => {
    const allowed = usage.limits[number];
    const available = usage.available[counterOf(number)];
    if (allowed === undefined) return '-';
    return available === undefined
      ? readableNumber(allowed)
      : `${readableNumber(available)} of ${readableNumber(allowed)}`;
  });
  return [
    `${limit.provider}/${limit.model}`,
    usage.account,
    ...left,
    String(usage.under_way),
    String(usage.waiting),
    usage.paused_until ?? '-',
    limit.source,
  ];
}

function idleRow(limit: Limit, numbers: readonly LimitNumber[]): string[] {
  const allowed = numbers.map((number) => {
    const value = limit[number];
    return value === undefined ? '-' : readableNumber(value);
  });
  return [`${limit.provider}/${limit.model}`, limit.account ?? '-', ...allowed, '-', '-', '-', limit.source];
}
