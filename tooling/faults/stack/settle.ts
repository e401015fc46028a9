import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from './stack.js';

/** Every run has a deadline well before this. Milliseconds. */
const SETTLED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 300;

const OPEN = `
  SELECT (SELECT count(*) FROM runs WHERE status IN ('queued', 'running', 'waiting'))
    + (SELECT count(*) FROM tool_calls WHERE state IN ('prepared', 'dispatched'))
    + (SELECT count(*) FROM follow_up_tasks WHERE state = 'pending') AS open`;

/**
 * Waits until every process runs and nothing is under way any more, or until the time is over: what is then still open
 * is for the checker to find.
 * @param caretaker sees to what waits for people while nobody is there
 */
export async function settle(stack: Stack, caretaker: { look(): Promise<void> }): Promise<void> {
  await stack.allReady();
  const end = Date.now() + SETTLED_WITHIN_MS;
  while (Date.now() < end) {
    const { rows } = await stack.sql.query<{ open: string }>(OPEN);
    if (Number(rows[0]?.open) === 0) return;
    await caretaker.look();
    await sleep(LOOK_EVERY_MS);
  }
}
