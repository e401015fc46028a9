import { failedResult } from '../tools/failed-result.js';
import type { NextMove } from './decide-next.js';

/**
 * The move with no more calls of tools than one round may hold; the model is told of those that are left out, and calls them
 * again. Nothing waits for its turn, so nothing can be forgotten when a process dies.
 */
export function boundParallelCalls(move: NextMove, atMost: number | undefined): NextMove {
  if (move.kind !== 'call_tools' || atMost === undefined || move.calls.length <= atMost) return move;
  const message = `Not run: at most ${atMost} tool calls are run at a time. Call it again when you have their results.`;
  const refused = move.calls.slice(atMost).map(({ part }) => ({ part, result: failedResult(part, message) }));
  return { ...move, calls: move.calls.slice(0, atMost), rejected: [...move.rejected, ...refused] };
}
