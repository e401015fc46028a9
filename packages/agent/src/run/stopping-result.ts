import type { ToolResultPart } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';

/** The result that ends a run: the first of a round that one of these tools gave and that is no failure. */
export function stoppingResult(
  results: readonly ToolResultPart[],
  stopOnTools: readonly string[] | undefined,
): ToolResultPart | undefined {
  if (!stopOnTools || stopOnTools.length === 0) return undefined;
  return results.find(({ name, status }) => status === 'completed' && stopOnTools.includes(name));
}

/** The results of the round that a history ends with; none when something was said since. */
export function lastToolResults(history: readonly HistoryMessage[]): ToolResultPart[] {
  const first = history.findLastIndex(({ role }) => role !== 'tool') + 1;
  return history.slice(first).flatMap(({ content }) => content.filter((part) => part.type === 'tool_result'));
}
