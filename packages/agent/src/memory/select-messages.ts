import type { MemoryStrategy } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import { estimateTokens, type TokenEstimator } from './estimate-tokens.js';
import { currentExchange, type MessageGroup, messageGroups } from './message-groups.js';
import { summaryWindow } from './summary-window.js';

export interface SelectOptions {
  estimateTokens?: TokenEstimator;
  /** How many of the newest messages the thread's summary does not cover; `summary_window` shows these too. */
  unsummarized?: number;
}

/**
 * The messages that the model is shown. Whatever the strategy, system messages stay (first), the exchange under way
 * (the user's newest message and what followed it) stays, a tool call stays with its results, and a part that was cut
 * off ends before a user message, never in the middle of an answer.
 */
export function selectMessages<M extends HistoryMessage>(
  strategy: MemoryStrategy,
  messages: readonly M[],
  options: SelectOptions = {},
): M[] {
  const system = messages.filter((message) => message.role === 'system');
  const others = messages.filter((message) => message.role !== 'system');
  const selected = selectGroups(strategy, messageGroups(others), options);
  const cutWhenLoaded = others[0]?.role === 'tool';
  return [...system, ...(cutWhenLoaded ? fromUserMessage(selected) : selected).flat()];
}

function selectGroups<M extends HistoryMessage>(
  strategy: MemoryStrategy,
  groups: MessageGroup<M>[],
  options: SelectOptions,
): MessageGroup<M>[] {
  switch (strategy.type) {
    case 'last_n':
      return newest(groups, strategy.n, countMessages);
    case 'first_last': {
      const head = oldest(groups, strategy.first);
      return [...head, ...newest(groups.slice(head.length), strategy.last, countMessages)];
    }
    case 'token_window': {
      const estimate = options.estimateTokens ?? estimateTokens;
      return newest(groups, strategy.max_tokens, (group) => group.reduce((sum, message) => sum + estimate(message), 0));
    }
    case 'summary_window':
      return newest(groups, summaryWindow(strategy.last, options.unsummarized), countMessages);
  }
}

function countMessages(group: MessageGroup<HistoryMessage>): number {
  return group.length;
}

function oldest<M extends HistoryMessage>(groups: MessageGroup<M>[], limit: number): MessageGroup<M>[] {
  let count = 0;
  const end = groups.findIndex((group) => {
    count += group.length;
    return count > limit;
  });
  return end === -1 ? groups : groups.slice(0, end);
}

function newest<M extends HistoryMessage>(
  groups: MessageGroup<M>[],
  limit: number,
  cost: (group: MessageGroup<M>) => number,
): MessageGroup<M>[] {
  const pinned = currentExchange(groups);
  let start = groups.length;
  let spent = 0;
  while (start > 0) {
    spent += cost(groups[start - 1] ?? []);
    if (spent > limit && start <= pinned) break;
    start -= 1;
  }
  return start === 0 ? groups : fromUserMessage(groups.slice(start));
}

function fromUserMessage<M extends HistoryMessage>(groups: MessageGroup<M>[]): MessageGroup<M>[] {
  const first = groups.findIndex((group) => group[0]?.role === 'user');
  return first === -1 ? groups : groups.slice(first);
}
