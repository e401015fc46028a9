import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * Looks until there is something, and answers it: null, undefined, false and empty lists are nothing yet.
 * @throws Error with what was waited for when there is nothing within the time, in milliseconds.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 15_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found && !(Array.isArray(found) && found.length === 0)) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}
