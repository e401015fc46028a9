import type { CallLimits } from '@troupe/spec';

/** What one of several processes may use when they cannot ask each other. All shares together never pass the limit. */
export function shareOfLimits(limits: CallLimits, processes: number): CallLimits {
  const { maxConcurrency, ...rates } = limits;
  const share: CallLimits = {};
  for (const [name, limit] of Object.entries(rates) as [keyof typeof rates, number | undefined][]) {
    if (limit !== undefined) share[name] = Math.floor(limit / processes);
  }
  if (maxConcurrency !== undefined) share.maxConcurrency = Math.floor(maxConcurrency / processes);
  return share;
}
