import type { Redis } from 'ioredis';

/** Runs that are to be cancelled, for the workers that hold them. */
const CHANNEL = 'runs:cancel';

/**
 * Tells all workers to look at a run whose cancel is stored. Best effort: one who does not hear it learns of the cancel by
 * its next heartbeat.
 */
export function signalCancel(redis: Redis, runId: string): void {
  if (redis.status === 'ready') redis.publish(CHANNEL, runId).catch(() => undefined);
}

/**
 * Hears of runs that are to be cancelled. A signal decides nothing: whoever holds the run looks at its row.
 * @param subscriber a connection in subscriber mode, which others may use too
 */
export function onCancelSignal(subscriber: Redis, look: (runId: string) => void): void {
  subscriber.on('message', (channel: string, runId: string) => {
    if (channel === CHANNEL) look(runId);
  });
  // Heartbeats do the work where this fails, and every new connection tries again.
  const subscribe = () => void subscriber.subscribe(CHANNEL).catch(() => undefined);
  subscriber.on('ready', subscribe);
  if (subscriber.status === 'ready') subscribe();
}
