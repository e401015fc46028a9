import { compareEventIds, type EventId, isTerminal, isTerminalEvent, type RunStatus } from '@troupe/contracts';
import type { RunEventArchive, RunLogCursor, RunLogPage } from '@troupe/spec';
import type { Queryable } from '../database.js';
import { readRemovedEvents } from './read-removed-events.js';
import { type StoredEvent, unpackEvents } from './stored-events.js';

/** A page of one run ends with the batch that brings it to so many stored bytes; as frames they are a few times more. */
const PAGE_BYTES = 32 * 1024;
/** And with so many batches, however small. */
const PAGE_BATCHES = 200;

/**
 * The batch that holds the event after the cursor is found by the primary key, so that a page costs the same at the end
 * of a long log as at its beginning. Sizes are those of the stored values, which are not unpacked to be measured.
 */
const READ_EVENTS = {
  name: 'read-events',
  text: `SELECT cursors.index::int, runs.status, runs.event_attempt, runs.event_n,
      page.attempt, page.first_n, page.events, page.found
    FROM unnest($1::uuid[], $2::int[], $3::int[]) WITH ORDINALITY AS cursors(run_id, attempt, n, index)
    JOIN runs ON runs.id = cursors.run_id
    LEFT JOIN LATERAL (
      SELECT attempt, first_n, events, count(*) OVER ()::int AS found, before FROM (
        SELECT attempt, first_n, events,
          sum(pg_column_size(events)) OVER (ORDER BY attempt, first_n) - pg_column_size(events) AS before
        FROM (
          SELECT attempt, first_n, n, events FROM run_events
          WHERE run_id = cursors.run_id AND (attempt, n) > (cursors.attempt, cursors.n)
            AND (attempt, first_n) >= (cursors.attempt, coalesce((
              SELECT first_n FROM run_events WHERE run_id = cursors.run_id AND attempt = cursors.attempt
                AND first_n <= cursors.n ORDER BY first_n DESC LIMIT 1
            ), 0))
          ORDER BY attempt, first_n LIMIT ${PAGE_BATCHES}
        ) AS batches
      ) AS sized
    ) AS page ON page.before < ${PAGE_BYTES}
    ORDER BY cursors.index, page.attempt, page.first_n`,
};

interface BatchRow {
  index: number;
  status: RunStatus;
  event_attempt: number;
  event_n: number;
  /** Null where nothing is stored after the cursor. */
  attempt: number | null;
  first_n: number;
  events: StoredEvent[];
  /** Batches after the cursor, up to PAGE_BATCHES. */
  found: number;
}

/** The durable half of the run log: what `run-log` reads when the live half has a gap. */
export class PostgresEventArchive implements RunEventArchive {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  async read(cursors: readonly RunLogCursor[]): Promise<RunLogPage[]> {
    const rows = await this.#database.query<BatchRow>(READ_EVENTS, [
      cursors.map(({ runId }) => runId),
      cursors.map(({ after }) => after.attempt),
      cursors.map(({ after }) => after.n),
    ]);
    const rowsOf = Map.groupBy(rows, ({ index }) => index);
    return Promise.all(cursors.map((cursor, index) => this.#page(cursor, rowsOf.get(index + 1) ?? [])));
  }

  async #page({ runId, after }: RunLogCursor, rows: readonly BatchRow[]): Promise<RunLogPage> {
    const [run] = rows;
    if (!run) return { events: [], more: false, ended: false };
    const events: RunLogPage['events'] = [];
    let last = after;
    for (const row of rows) {
      if (row.attempt === null) continue;
      for (const [offset, event] of unpackEvents(row.events).entries()) {
        const id: EventId = { attempt: row.attempt, n: row.first_n + offset };
        if (compareEventIds(id, last) <= 0) continue;
        events.push({ ...event, id });
        last = id;
      }
    }
    const more = run.attempt !== null && (rows.length < run.found || run.found === PAGE_BATCHES);
    const ended = isTerminal(run.status);
    const end: EventId = { attempt: run.event_attempt, n: run.event_n };
    const complete = isTerminalEvent(events.at(-1)?.type ?? '') || compareEventIds(last, end) >= 0;
    if (!ended || more || complete) return { events, more, ended };
    return { events: await readRemovedEvents(this.#database, runId, { after, end }), more, ended };
  }
}
