import type { RunEventBody } from '@troupe/contracts';
import { fewRows } from '../connection/few-rows.js';
import type { Queryable } from '../database.js';
import { packEvents } from './stored-events.js';

/** Events of one attempt that follow each other. */
export interface EventBatch {
  runId: string;
  attempt: number;
  firstN: number;
  events: RunEventBody[];
}

/**
 * A batch whose reply was lost is there although its writer believes it is not: it sends the same events again with those
 * that came meanwhile, from the same first one on. A late copy of the shorter batch changes nothing.
 */
export const REPLACE_SHORTER_BATCH = `ON CONFLICT (run_id, attempt, first_n) DO UPDATE
      SET n = excluded.n, events = excluded.events WHERE excluded.n > run_events.n`;

/**
 * Events of many runs in one statement, while their turns go on. Only for attempts that still hold their run. A frozen
 * worker's late batch does no harm: its ids come before the `step.restarted` of the next attempt, which withdraws them.
 */
const APPEND_EVENTS = {
  name: 'append-events',
  text: `INSERT INTO run_events (run_id, attempt, n, first_n, events)
    SELECT runs.id, runs.attempt, b.n, b.first_n, b.events
    FROM jsonb_to_recordset($1::jsonb) AS b(run_id uuid, attempt int, n int, first_n int, events jsonb)
    JOIN runs ON runs.id = b.run_id AND runs.attempt = b.attempt AND runs.status = 'running' AND ${fewRows('b.run_id')}
    ${REPLACE_SHORTER_BATCH}`,
};

export async function appendEvents(database: Queryable, batches: EventBatch[]): Promise<void> {
  const rows = batches.map((batch) => ({
    run_id: batch.runId,
    attempt: batch.attempt,
    n: batch.firstN + batch.events.length - 1,
    first_n: batch.firstN,
    events: packEvents(batch.events),
  }));
  await database.query(APPEND_EVENTS, [JSON.stringify(rows)]);
}
