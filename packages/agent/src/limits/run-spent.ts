import type { Usage } from '@troupe/contracts';

/** What a run has taken so far. */
export interface RunSpent {
  /** Requests that left for models, answered or not. */
  requests: number;
  /** Calls of tools that were made. */
  toolCalls: number;
  usage: Pick<Usage, 'input_tokens' | 'output_tokens' | 'total_tokens' | 'cost'>;
}

export const NOTHING_SPENT: RunSpent = {
  requests: 0,
  toolCalls: 0,
  usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0, cost: null },
};
