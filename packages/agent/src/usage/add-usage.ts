import type { Usage } from '@troupe/contracts';

/** Two usages together. The cost is known when that of both is that used any tokens: a null is never taken for nothing. */
export function addUsage(a: Usage, b: Usage): Usage {
  const isUnpriced = [a, b].some(({ cost, total_tokens }) => cost === null && total_tokens > 0);
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    cost: isUnpriced || (a.cost === null && b.cost === null) ? null : (a.cost ?? 0) + (b.cost ?? 0),
  };
}
