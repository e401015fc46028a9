import { TroupeError } from '@troupe/contracts';

/** Pauses between tries, in milliseconds; the last one repeats. Short: who comes back first wins over those who take over. */
const PAUSES_MS = [100, 250, 500];

/**
 * Repeats work until Postgres answers. Only for work that stores nothing twice, however often it is sent: a reply that was
 * lost looks like a server that was away.
 * @param patienceMs how long to try, in milliseconds
 * @throws TroupeError `database_unavailable` when that time is over
 */
export async function whileUnavailable<T>(patienceMs: number, work: (retry: boolean) => Promise<T>): Promise<T> {
  const end = performance.now() + patienceMs;
  for (let tries = 0; ; tries++) {
    try {
      return await work(tries > 0);
    } catch (error) {
      const pauseMs = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 0;
      const away = error instanceof TroupeError && error.code === 'database_unavailable';
      if (!away || performance.now() + pauseMs > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
