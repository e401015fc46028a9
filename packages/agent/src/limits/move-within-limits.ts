import { type StopReason, textOf } from '@troupe/contracts';
import { failedResult } from '../tools/failed-result.js';
import type { AcceptedCall, NextMove, RejectedCall } from '../turn/decide-next.js';

export interface MoveLimits {
  /** Why the run ends with this answer even if it wants more. */
  final?: StopReason | undefined;
  /** Calls of tools that the run may still make; absent: any number. */
  toolCallsLeft?: number | undefined;
}

/** A move that keeps the run's limits: it ends where nothing can follow, and calls beyond their limit are not made. */
export function moveWithinLimits(move: NextMove, { final, toolCallsLeft }: MoveLimits): NextMove {
  if (move.kind === 'finish') return move;
  if (final) {
    const content = move.content.filter((part) => part.type !== 'tool_call');
    return { kind: 'finish', stopReason: final, text: textOf(content), content };
  }
  if (move.kind !== 'call_tools' || toolCallsLeft === undefined || move.calls.length <= toolCallsLeft) return move;
  const refused = move.calls.slice(toolCallsLeft).map(refuse);
  return { ...move, calls: move.calls.slice(0, toolCallsLeft), rejected: [...move.rejected, ...refused] };
}

function refuse({ part }: AcceptedCall): RejectedCall {
  return { part, result: failedResult(part, 'Not run: the run has made all the tool calls that it may make.') };
}
