import type { WithheldMessage } from '@troupe/database';
import type { AbandonedTurn, TurnOutcome } from '../advance-run/turn-outcome.js';

/**
 * The outcome with what is not kept as it came. Not that of a turn that begins anew: its events are withdrawn, and the next
 * try looks at everything again and says so.
 */
export function withheldIn(
  outcome: TurnOutcome | AbandonedTurn,
  withheld: WithheldMessage[],
): TurnOutcome | AbandonedTurn {
  if (withheld.length === 0 || 'abandoned' in outcome) return outcome;
  const { next, otherwise } = outcome;
  if (next.status === 'queued' && next.because !== 'next_step') return outcome;
  return { ...outcome, withheld, ...(otherwise && { otherwise: { ...otherwise, withheld } }) };
}
