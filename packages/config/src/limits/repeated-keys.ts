import type { LimitKey } from '@troupe/contracts';

/** Says of each limit whose key an earlier one has that it does; one source must not say two things. */
export function repeatedKeys(rules: readonly LimitKey[]): string[] {
  const seen = new Set<string>();
  return rules.flatMap(({ provider, model, account }) => {
    const name = `${provider}/${model}${account === undefined ? '' : ` account=${account}`}`;
    if (seen.has(name)) return [`${name} is there twice.`];
    seen.add(name);
    return [];
  });
}
