import type { Queryable } from '../database.js';
import { ABANDONED, type LedgerRow } from './ledger-row.js';

/** No call of an attempt follows one that ended so. */
const LAST_OUTCOMES: ReadonlySet<string> = new Set(['completed', 'aborted', ABANDONED]);

/** The model calls of an attempt whose worker died: those it has told of, and one of which its readers' share is all that is known. */
export interface LostCall {
  attempt: number;
  /** Calls that failed before the last one: each is in the ledger since the next one left. */
  told: LedgerRow[];
  /** Calls of its judges: each is in the ledger since before it left. */
  judged: LedgerRow[];
  /** The last call came to an end and is in the ledger: its worker was only late. */
  ended: boolean;
  /** Characters of text and reasoning that were stored before the end. */
  streamedCharacters: number;
}

const READ_LOST_CALLS = {
  name: 'read-lost-calls',
  text: `SELECT lost.attempt, coalesce(sum(char_length(delta)), 0)::int AS "streamedCharacters",
      (SELECT coalesce(jsonb_agg(to_jsonb(told) ORDER BY call), '[]') FROM usage_ledger AS told
        WHERE told.run_id = $1 AND told.attempt = lost.attempt AND purpose = 'turn') AS told,
      (SELECT coalesce(jsonb_agg(to_jsonb(judged) ORDER BY call), '[]') FROM usage_ledger AS judged
        WHERE judged.run_id = $1 AND judged.attempt = lost.attempt AND purpose = 'guardrail') AS judged
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
  const rows = await database.query<Omit<LostCall, 'ended'>>(READ_LOST_CALLS, [run.id, run.lostAttempts]);
  return rows.map((row) => ({ ...row, ended: row.told.some(({ outcome }) => LAST_OUTCOMES.has(outcome)) }));
}
