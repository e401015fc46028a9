import { setTimeout as sleep } from 'node:timers/promises';

/** The clock of the machine, for whoever waits for a limit: monotonic, in milliseconds. */
export const systemClock = {
  now: (): number => performance.now(),

  // An abort only ends the wait: who waits looks at the signal.
  sleep: (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    sleep(milliseconds, undefined, { signal }).catch(() => undefined),

  every: (milliseconds: number, work: () => void): (() => void) => {
    const timer = setInterval(work, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};
