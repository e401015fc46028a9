import { type Guards, guardMove, type NextMove } from '@troupe/agent';
import type { RunEventBody } from '@troupe/contracts';

/** What follows a turn, with the calls as the guardrails let them be made. */
export async function guardedMove(
  move: NextMove,
  guards: Guards | undefined,
  events: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<NextMove> {
  return guards ? guardMove(move, guards.guardrails, guards, events) : move;
}
