import type { LimitScope } from '@troupe/spec';

/** One text for a scope, without characters that mean something to Redis Cluster. */
export function scopeName({ provider, account, model }: LimitScope): string {
  return [provider, account, model].map(encodeURIComponent).join(':');
}
