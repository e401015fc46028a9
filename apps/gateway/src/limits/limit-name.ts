import type { LimitKey } from '@troupe/contracts';

/** A limit's key as people read it. */
export function limitName({ provider, model, account }: LimitKey): string {
  return `${provider}/${model}${account === undefined ? '' : ` (account ${account})`}`;
}
