import type { EventId, GuardrailTripped, RunEventBody } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import type { LedgerRow } from '../usage/ledger-row.js';
import { sumOfLedger } from '../usage/sum-of-ledger.js';

/** What guardrails did about the words of a person who decides on a call of a run. */
export interface DecisionCheck {
  runId: string;
  tripped: readonly GuardrailTripped[];
  /** Calls of their judges, which count as used by the run. */
  ledger: readonly LedgerRow[];
}

const NOTE_DECISION_CHECK = {
  name: 'note-decision-check',
  text: `WITH run AS (
      UPDATE runs SET requests = requests + $2, input_tokens = input_tokens + $3, output_tokens = output_tokens + $4,
        cached_input_tokens = cached_input_tokens + $5, reasoning_tokens = reasoning_tokens + $6,
        cost = CASE WHEN $7::numeric IS NULL AND $3 + $4 = 0 THEN cost
          WHEN $7 IS NULL OR (cost IS NULL AND input_tokens + output_tokens > 0) THEN NULL
          ELSE coalesce(cost, 0) + $7 END,
        event_n = event_n + jsonb_array_length($8::jsonb)
      WHERE id = $1 AND status = 'waiting'
      RETURNING id, attempt, event_n
    ),
    event AS (
      INSERT INTO run_events (run_id, attempt, n, first_n, events)
      SELECT id, attempt, event_n, event_n - jsonb_array_length($8::jsonb) + 1, $8::jsonb FROM run
      WHERE jsonb_array_length($8::jsonb) > 0
    )
    SELECT attempt, event_n AS n FROM run`,
};

/** Tells the readers of a run that waits, and counts what it took. @returns what was told, in order */
export async function noteDecisionCheck(
  database: Queryable,
  { runId, tripped, ledger }: DecisionCheck,
): Promise<{ event: RunEventBody; id: EventId }[]> {
  if (tripped.length === 0 && ledger.length === 0) return [];
  const events = tripped.map((data): RunEventBody => ({ type: 'guardrail.tripped', data }));
  const { input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, cost } = sumOfLedger(ledger);
  const [row] = await database.query<EventId>(NOTE_DECISION_CHECK, [
    runId,
    ledger.length,
    input_tokens,
    output_tokens,
    cached_input_tokens,
    reasoning_tokens,
    cost,
    JSON.stringify(events),
  ]);
  if (!row) return [];
  const { attempt, n } = row;
  return events.map((event, index) => ({ event, id: { attempt, n: n - events.length + index + 1 } }));
}
