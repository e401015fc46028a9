import { isOverTime, withinTime } from './within-time.js';

/** A process that is held up so often in a row gets nothing done at all. */
const MAX_TRIES = 20;

/**
 * Does work that may take so many milliseconds of the processor's time: the clock of the wall does not stop for a process
 * that a busy machine holds up, and what was ended early without having had its time begins anew.
 * @param onEnded told each time that the work was ended in its middle: what it worked on may be left half done
 * @returns undefined: it took longer
 */
export function withinCpuTime<T>(milliseconds: number, work: () => T, onEnded: () => void): { result: T } | undefined {
  const atFirst = usedMs();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = usedMs();
    try {
      return { result: withinTime(milliseconds, work) };
    } catch (error) {
      if (!isOverTime(error)) throw error;
      onEnded();
    }
    const used = usedMs();
    if (used - before >= milliseconds / 2 || used - atFirst >= 2 * milliseconds) return undefined;
  }
  return undefined;
}

/** Of the processor's time, by this thread. */
function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
