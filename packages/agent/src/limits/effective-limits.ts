import type { RunLimits } from '@troupe/contracts';

const NAMES = [
  'max_turns',
  'max_requests',
  'max_total_tokens',
  'max_output_tokens',
  'max_cost_usd',
  'max_tool_calls',
] as const satisfies readonly (keyof RunLimits)[];

/** Of each limit the lowest that anybody set: a request may be stricter than its agent, never laxer. */
export function effectiveLimits(...given: readonly (RunLimits | undefined)[]): RunLimits {
  const limits: RunLimits = {};
  for (const name of NAMES) {
    const set = given.flatMap((one) => one?.[name] ?? []);
    if (set.length > 0) limits[name] = Math.min(...set);
  }
  return limits;
}
