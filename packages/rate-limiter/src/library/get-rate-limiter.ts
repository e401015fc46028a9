import type { CallLimits } from '@troupe/spec';
import { MemoryBackend, type RateLimiterBackend } from './backend.js';
import { RateLimiter } from './rate-limiter.js';

/**
 * Of the order that vendors grant to an account of the first paid tier, so that who passes nothing has some limit. They differ by model
 * and change, and were not checked against any account: pass those that the vendor shows for yours.
 */
const ENTRY_LIMITS: Record<string, CallLimits> = {
  openai: { rpm: 500, tpm: 30_000 },
  anthropic: { rpm: 50, tpm: 30_000 },
};

/** Limits in place of those of an entry tier, and where they are counted: in this process unless told. */
export interface GetRateLimiterOptions extends CallLimits {
  backend?: RateLimiterBackend;
}

const limiters = new WeakMap<RateLimiterBackend, Map<string, RateLimiter>>();
const memory = new MemoryBackend();

/**
 * The one limiter of a provider's model in this process. Limits that are passed count when it is made; without any it has those of the
 * order of an entry tier, and none for a provider that is not known.
 */
export function getRateLimiter(provider: string, model: string, options: GetRateLimiterOptions = {}): RateLimiter {
  const { backend = memory, ...limits } = options;
  const ofBackend = limiters.get(backend) ?? new Map<string, RateLimiter>();
  limiters.set(backend, ofBackend);
  const key = `${provider}:${model}`;
  const known = ofBackend.get(key);
  if (known !== undefined) return known;
  const chosen = Object.values(limits).some((limit) => limit !== undefined) ? limits : ENTRY_LIMITS[provider];
  const limiter = new RateLimiter({ ...chosen, backend });
  ofBackend.set(key, limiter);
  return limiter;
}
