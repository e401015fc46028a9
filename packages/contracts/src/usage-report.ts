import type { Page } from './page.js';

/** What usage can be grouped by. Days are those of UTC. */
export const USAGE_DIMENSIONS = ['run', 'thread', 'user', 'agent', 'model', 'provider', 'purpose', 'day'] as const;

export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/** The sums over provider calls. `input_tokens` includes cached ones, `output_tokens` includes reasoning. */
export interface UsageSums {
  /** Calls that were sent to a provider, failed ones included. */
  calls: number;
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  reasoning_tokens: number;
  /** US dollars, of the calls whose price is known; null when it is known of none. */
  cost: number | null;
  /** Calls that used tokens and are not in `cost`, because nobody knows their price. */
  unpriced_calls: number;
  /** Calls whose tokens are a guess, because the provider never told them. */
  estimated_calls: number;
}

/** One group: of what it is grouped by, the values; null where its calls have none. */
export interface UsageGroup extends UsageSums {
  run_id?: string | null;
  thread_id?: string | null;
  user_id?: string | null;
  agent?: string | null;
  /** `provider/model` */
  model?: string;
  provider?: string;
  purpose?: string;
  /** `2026-01-31`, in UTC. */
  day?: string;
}

/** A page of groups in the order of their values, and the sums over all groups. */
export interface UsageReport extends Page<UsageGroup> {
  /** Calls were counted from here, RFC 3339. */
  from: string;
  /** And up to here, without the moment itself. */
  to: string;
  group_by: UsageDimension[];
  totals: UsageSums;
}
