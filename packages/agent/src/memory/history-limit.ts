import type { MemoryStrategy } from '@troupe/contracts';
import { DEFAULT_MAX_TURNS } from '../definition/defaults.js';
import { MESSAGE_TOKENS } from './estimate-tokens.js';
import { MAX_SUMMARY_LAG } from './summary-window.js';

/** No request is made from more messages than this, however many tokens a window has. */
const MAX_MESSAGES = 1_000;

/** Messages of one turn: the model's, and one for each tool result where a store keeps them apart. */
const MESSAGES_PER_TURN = 6;

/**
 * How many of a thread's newest messages a store must load so that `selectMessages` chooses as if it had seen them all:
 * one more than a strategy keeps, because only then is it known that something was cut off. `first_last` needs the
 * thread from its start; of one that is longer than 1,000 messages the first loaded ones count as the first.
 *
 * @param maxTurns model turns a run may take, because the exchange under way is shown whole.
 */
export function historyLimit(strategy: MemoryStrategy, maxTurns: number = DEFAULT_MAX_TURNS): number {
  const exchange = maxTurns * MESSAGES_PER_TURN + 1;
  return Math.min(Math.max(kept(strategy) + 1, exchange), MAX_MESSAGES);
}

function kept(strategy: MemoryStrategy): number {
  switch (strategy.type) {
    case 'last_n':
      return strategy.n;
    case 'first_last':
      return MAX_MESSAGES;
    case 'token_window':
      return Math.ceil(strategy.max_tokens / MESSAGE_TOKENS);
    case 'summary_window':
      return strategy.last * MAX_SUMMARY_LAG;
  }
}
