import type { Queryable } from '../database.js';

/** A model call whose worker died: what its readers had seen of the answer is all that is known of it. */
export interface LostCall {
  attempt: number;
  /** Characters of text and reasoning that were stored before the end. */
  streamedCharacters: number;
}

const READ_LOST_CALLS = {
  name: 'read-lost-calls',
  text: `SELECT lost.attempt, coalesce(sum(char_length(delta)), 0)::int AS "streamedCharacters"
    FROM unnest($2::int[]) AS lost(attempt)
    LEFT JOIN run_events ON run_events.run_id = $1 AND run_events.attempt = lost.attempt
    LEFT JOIN LATERAL jsonb_array_elements(run_events.events) AS entry ON entry ? 'deltas'
    LEFT JOIN LATERAL jsonb_array_elements_text(entry -> 'deltas') AS delta ON true
    GROUP BY lost.attempt ORDER BY lost.attempt`,
};

/** What is known of the calls of attempts that never came to a commit. */
export async function readLostCalls(
  database: Queryable,
  run: { id: string; lostAttempts: readonly number[] },
): Promise<LostCall[]> {
  return database.query<LostCall>(READ_LOST_CALLS, [run.id, run.lostAttempts]);
}
