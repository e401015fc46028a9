import type { CallLimiter, CallTokens, LimitedCall, LimitScope } from '@troupe/spec';

/** A limiter that can also be asked without a claim, and told without having been asked. */
export interface MeteredLimiter extends CallLimiter {
  /** Milliseconds until such a call would be admitted; 0: now. Changes nothing. */
  check(scope: LimitScope, call: LimitedCall): Promise<number>;

  /** Counts a call that was made without asking. */
  record(scope: LimitScope, tokens: CallTokens): Promise<void>;
}
