import { compareEventIds, type EventId, type RunEvent } from '@troupe/contracts';
import type { RunEventArchive } from '@troupe/spec';
import type { Queryable } from '../database.js';
import { type StoredEvent, unpackEvents } from './stored-events.js';

const READ_EVENTS = {
  name: 'read-events',
  text: `SELECT attempt, first_n, events FROM run_events
    WHERE run_id = $1 AND (attempt, n) > ($2, $3) ORDER BY attempt, n`,
};

/** The durable half of the run log: what `run-log` reads when the live half has a gap. */
export class PostgresEventArchive implements RunEventArchive {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  async read(runId: string, after: EventId): Promise<RunEvent[]> {
    const rows = await this.#database.query<{ attempt: number; first_n: number; events: StoredEvent[] }>(READ_EVENTS, [
      runId,
      after.attempt,
      after.n,
    ]);
    return rows
      .flatMap((row) =>
        unpackEvents(row.events).map((event, index) => ({
          ...event,
          id: { attempt: row.attempt, n: row.first_n + index },
        })),
      )
      .filter((event) => compareEventIds(event.id, after) > 0);
  }
}
