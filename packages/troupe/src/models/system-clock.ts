import { setTimeout as sleep } from 'node:timers/promises';
import type { CallClock } from '@troupe/agent';

/** The clock of the machine. */
export const systemClock: CallClock = {
  now: () => performance.now(),

  // An abort only ends the wait: who waits looks at the signal.
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),

  every: (milliseconds, work) => {
    const timer = setInterval(work, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};
