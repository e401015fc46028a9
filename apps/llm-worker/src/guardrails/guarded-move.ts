import { type Guards, guardCalls, type NextMove } from '@troupe/agent';
import type { RunEventBody } from '@troupe/contracts';

/** What follows a turn, with the calls as the guardrails let them be made. */
export async function guardedMove(
  move: NextMove,
  guards: Guards | undefined,
  events: { signal: AbortSignal; onEvent(event: RunEventBody): void },
): Promise<NextMove> {
  if (!guards || move.kind !== 'call_tools') return move;
  return guardCalls(move, guards.guardrails, guards, events);
}
