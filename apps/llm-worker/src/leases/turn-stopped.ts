/** Why a turn was told to stop. */
export type StopCause = 'lease_lost' | 'cancelled' | 'deadline' | 'turn_timeout' | 'draining';

/** The reason of a turn's abort signal. */
export class TurnStopped extends Error {
  constructor(readonly because: StopCause) {
    super(`The turn was stopped: ${because}.`);
    this.name = 'TurnStopped';
  }
}
