import { hash } from 'node:crypto';

/** Length of the time at the front of a UUIDv7, with its dash. */
const TIME_LENGTH = 13;

/**
 * The id of the ledger row of a model call that an attempt makes, which also names the call to budgets. Whoever accounts for the call (the attempt itself,
 * late or in time, or the next one after a crash) comes to the same id, so it is accounted for once. The owner's time stays
 * at the front, so that rows which are written together lie together in the index.
 * @param ownerId UUIDv7 of the run or follow-up task
 * @param call which of the attempt's calls it is, from 1
 * @returns a UUID of version 8 (RFC 9562: made by a rule of the application's own)
 */
export function callLedgerId(ownerId: string, attempt: number, call = 1): string {
  const name = call === 1 ? `${ownerId}/${attempt}` : `${ownerId}/${attempt}/${call}`;
  const digest = hash('sha256', name);
  const time = ownerId.slice(0, TIME_LENGTH);
  return `${time}-8${digest.slice(0, 3)}-a${digest.slice(3, 6)}-${digest.slice(6, 18)}`;
}
