import type { TurnOutcome } from './turn-outcome.js';

/** The outcome of a turn whose answer was to be the last, for a run that was sent another message meanwhile. */
export function goOn({ output: _, ...outcome }: TurnOutcome): TurnOutcome {
  return {
    ...outcome,
    next: { status: 'queued', wakeInMs: 0, because: 'next_step' },
    followUps: [],
    events: outcome.events.filter((event) => event.type !== 'run.completed'),
  };
}
