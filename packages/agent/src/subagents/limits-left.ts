import type { RunLimits } from '@troupe/contracts';
import type { RunSpent } from '../limits/run-spent.js';

/** What runs may take below one with limits, all of them together: what that one has left. Turns are an agent's own. */
export function limitsLeft(limits: RunLimits | undefined, spent: RunSpent): RunLimits | undefined {
  if (!limits) return undefined;
  const { max_turns: _, ...inherited } = limits;
  const used: Required<typeof inherited> = {
    max_requests: spent.requests,
    max_total_tokens: spent.usage.total_tokens,
    max_output_tokens: spent.usage.output_tokens,
    max_cost_usd: spent.usage.cost ?? 0,
    max_tool_calls: spent.toolCalls,
  };
  const left: RunLimits = {};
  for (const name of Object.keys(used) as (keyof typeof used)[]) {
    const allowed = inherited[name];
    if (allowed !== undefined) left[name] = Math.max(0, allowed - used[name]);
  }
  return Object.keys(left).length > 0 ? left : undefined;
}
