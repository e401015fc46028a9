import type { HistoryMessage } from '../history/history-message.js';

/** Messages that stay or go together: one message, or an assistant's tool calls with their results. */
export type MessageGroup<M extends HistoryMessage> = M[];

/** Tool messages before the first other message are left out: they have lost their calls to a limit when loading. */
export function messageGroups<M extends HistoryMessage>(messages: readonly M[]): MessageGroup<M>[] {
  const groups: MessageGroup<M>[] = [];
  for (const message of messages) {
    if (message.role !== 'tool') groups.push([message]);
    else groups.at(-1)?.push(message);
  }
  return groups;
}

/** Index of the group at which the exchange under way begins: the user's newest message; with none, all is one exchange. */
export function currentExchange<M extends HistoryMessage>(groups: readonly MessageGroup<M>[]): number {
  return Math.max(
    0,
    groups.findLastIndex((group) => group[0]?.role === 'user'),
  );
}
