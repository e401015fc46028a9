import { TroupeError } from '@troupe/contracts';
import type { CallLimits, CallTokens, LimitDimension, LimitScope } from '@troupe/spec';

/** Those that count what was used in a window, in the order in which limits, costs and counters are listed. */
export const RATE_DIMENSIONS = ['rpm', 'tpm', 'input_tpm', 'output_tpm', 'rpd'] as const satisfies LimitDimension[];

/** The place of the only dimension whose window is a day, and that may be used up at once. */
export const DAY = RATE_DIMENSIONS.indexOf('rpd');

/** One limit for each rate dimension; undefined: not limited. */
export type RateLimits = readonly (number | undefined)[];

export function rateLimitsOf(limits: CallLimits): RateLimits {
  return [limits.rpm, limits.tpm, limits.inputTpm, limits.outputTpm, limits.rpd];
}

export function isLimited(limits: CallLimits | undefined): limits is CallLimits {
  if (limits === undefined) return false;
  return limits.maxConcurrency !== undefined || rateLimitsOf(limits).some((limit) => limit !== undefined);
}

/** What a call, or several, take of each rate dimension. */
export function costsOf({ input, output }: CallTokens, calls = 1): readonly number[] {
  return [calls, input + output, input, output, calls];
}

/** Whole tokens, so that sums stay exact. */
export function wholeTokens({ input, output }: CallTokens): CallTokens {
  return { input: whole(input), output: whole(output) };
}

function whole(tokens: number): number {
  if (Number.isFinite(tokens)) return Math.max(0, Math.ceil(tokens));
  throw new TroupeError({
    code: 'internal_error',
    fault: 'server',
    message: `A number of tokens has to be finite, not ${tokens}.`,
  });
}

const UNITS: Record<(typeof RATE_DIMENSIONS)[number], string> = {
  rpm: 'requests a minute',
  tpm: 'tokens a minute',
  input_tpm: 'input tokens a minute',
  output_tpm: 'output tokens a minute',
  rpd: 'requests a day',
};

/** @throws TroupeError `limit_exceeded` for a call that no waiting would let through. */
export function refuseTooLarge(scope: LimitScope, limits: CallLimits, tokens: CallTokens): void {
  const rates = rateLimitsOf(limits);
  const costs = costsOf(tokens);
  for (const [index, dimension] of RATE_DIMENSIONS.entries()) {
    const limit = rates[index];
    const cost = costs[index] ?? 0;
    if (limit !== undefined && cost > limit) throw tooLarge(scope, dimension, cost, limit, UNITS[dimension]);
  }
  if (limits.maxConcurrency !== undefined && limits.maxConcurrency < 1) {
    throw tooLarge(scope, 'concurrency', 1, limits.maxConcurrency, 'calls at once');
  }
}

function tooLarge(scope: LimitScope, dimension: LimitDimension, cost: number, limit: number, unit: string) {
  const what = dimension.endsWith('tpm') ? `This call needs up to ${cost} tokens` : 'Not even one call fits';
  const advice = dimension.endsWith('tpm')
    ? 'Send less text, ask for fewer output tokens, use a model with a higher limit, or raise the limit.'
    : 'Raise the limit or use another model.';
  return new TroupeError({
    code: 'limit_exceeded',
    fault: 'caller',
    message: `${what}, but ${scope.provider}/${scope.model} is limited to ${limit} ${unit}. ${advice}`,
    details: { provider: scope.provider, model: scope.model, dimension, cost, limit },
  });
}
