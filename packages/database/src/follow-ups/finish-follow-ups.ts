import type { JsonObject } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import type { LedgerRow } from '../usage/ledger-row.js';
import type { ClaimedFollowUp } from './claim-follow-ups.js';

export interface NewFact {
  id: string;
  key: string;
  value: string;
  category: string | null;
  source_message_id: string | null;
}

/** What a task made; each part is stored where it belongs. */
export interface FollowUpResult {
  title?: string;
  summary?: { text: string; summarizedCount: number };
  facts?: NewFact[];
}

/** What the work on a task came to. */
export interface FollowUpWork {
  result: FollowUpResult;
  ledger: LedgerRow[];
}

/** Tasks of many threads in one statement; each is fenced by its own attempt. A title that somebody set stays. */
const FINISH_FOLLOW_UPS = {
  name: 'finish-follow-ups',
  text: `WITH fence AS (
      UPDATE follow_up_tasks AS task SET state = 'completed', finished_at = now(), result = done.result, error = NULL,
        lost_attempts = '{}'
      FROM jsonb_to_recordset($1::jsonb) AS done(id uuid, attempt int, result jsonb, title text, summary text,
        summarized_count int, facts jsonb, ledger jsonb)
      WHERE task.id = done.id AND task.attempt = done.attempt AND task.state = 'running'
      RETURNING task.id, task.tenant_id, task.run_id, task.thread_id, task.user_id, task.attempt, done.title,
        done.summary, done.summarized_count, done.facts, done.ledger
    ),
    thread AS (
      UPDATE threads SET title = coalesce(threads.title, fence.title),
        summary = coalesce(fence.summary, threads.summary),
        summarized_count = coalesce(fence.summarized_count, threads.summarized_count)
      FROM fence WHERE threads.id = fence.thread_id AND (fence.title IS NOT NULL OR fence.summary IS NOT NULL)
    ),
    new_facts AS (
      INSERT INTO facts (id, tenant_id, user_id, key, value, category, source_message_id)
      SELECT DISTINCT ON (fence.tenant_id, fence.user_id, f.key)
        f.id, fence.tenant_id, fence.user_id, f.key, f.value, f.category, f.source_message_id
      FROM fence, jsonb_to_recordset(fence.facts)
        AS f(id uuid, key text, value text, category text, source_message_id uuid)
      ORDER BY fence.tenant_id, fence.user_id, f.key, fence.id DESC
      ON CONFLICT ON CONSTRAINT facts_key DO UPDATE SET value = excluded.value, category = excluded.category,
        source_message_id = excluded.source_message_id, updated_at = now()
    ),
    new_ledger AS (
      INSERT INTO usage_ledger (id, tenant_id, run_id, thread_id, user_id, attempt, purpose, provider, model, outcome,
        input_tokens, output_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_tokens, cost, estimated,
        price_version, call)
      SELECT l.id, fence.tenant_id, fence.run_id, fence.thread_id, fence.user_id,
        coalesce(l.attempt, fence.attempt), l.purpose, l.provider, l.model, l.outcome, l.input_tokens, l.output_tokens,
        l.cached_input_tokens, l.cache_write_input_tokens, l.reasoning_tokens, l.cost, l.estimated, l.price_version,
        l.call
      FROM fence, jsonb_to_recordset(fence.ledger) AS l(id uuid, attempt int, purpose text, provider text,
        model text, outcome text, input_tokens int, output_tokens int, cached_input_tokens int,
        cache_write_input_tokens int, reasoning_tokens int, cost numeric, estimated boolean, price_version text,
        call int)
      ON CONFLICT DO NOTHING
    )
    SELECT id FROM fence`,
};

const PUT_BACK_FOLLOW_UP = {
  name: 'put-back-follow-up',
  text: `WITH fence AS (
      UPDATE follow_up_tasks SET state = CASE WHEN $4 THEN 'failed' ELSE 'pending' END,
        finished_at = CASE WHEN $4 THEN now() END, error = $3, hand_backs = hand_backs + $5, lost_attempts = '{}',
        lease_until = now() + make_interval(secs => $6)
      WHERE id = $1 AND attempt = $2 AND state = 'running'
      RETURNING tenant_id, run_id, thread_id, user_id, attempt
    )
    INSERT INTO usage_ledger (id, tenant_id, run_id, thread_id, user_id, attempt, purpose, provider, model, outcome,
      input_tokens, output_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_tokens, cost, estimated,
      price_version, call)
    SELECT l.id, fence.tenant_id, fence.run_id, fence.thread_id, fence.user_id, coalesce(l.attempt, fence.attempt),
      l.purpose, l.provider, l.model, l.outcome, l.input_tokens, l.output_tokens, l.cached_input_tokens,
      l.cache_write_input_tokens, l.reasoning_tokens, l.cost, l.estimated, l.price_version, l.call
    FROM fence, jsonb_to_recordset($7::jsonb) AS l(id uuid, attempt int, purpose text, provider text, model text,
      outcome text, input_tokens int, output_tokens int, cached_input_tokens int, cache_write_input_tokens int,
      reasoning_tokens int, cost numeric, estimated boolean, price_version text, call int)
    ON CONFLICT DO NOTHING`,
};

/** Attempts of a task before it is given up; nothing else waits for it. */
const MAX_ATTEMPTS = 5;
const MAX_ERROR_CHARACTERS = 1_000;

/** Stores what the tasks made; a task that somebody else has by now stores nothing. */
export async function finishFollowUps(
  database: Queryable,
  done: readonly { task: ClaimedFollowUp; work: FollowUpWork }[],
): Promise<void> {
  const rows = done.map(({ task, work: { result, ledger } }) => ({
    id: task.id,
    attempt: task.attempt,
    result: shownResult(result),
    title: result.title ?? null,
    summary: result.summary?.text ?? null,
    summarized_count: result.summary?.summarizedCount ?? null,
    facts: result.facts ?? [],
    ledger,
  }));
  await database.query(FINISH_FOLLOW_UPS, [JSON.stringify(rows)]);
}

/** Puts a task back with a growing pause, or gives it up after its last attempt. */
export async function retryFollowUp(
  database: Queryable,
  task: ClaimedFollowUp,
  error: string,
  ledger: readonly LedgerRow[],
): Promise<void> {
  const tries = task.attempt - task.handBacks;
  const pauseSeconds = 2 ** tries * (0.5 + Math.random());
  await putBack(database, task, { error, givenUp: tries >= MAX_ATTEMPTS, handBacks: 0, pauseSeconds }, ledger);
}

/** Puts a task back because its worker stops, or a limit holds it: that is nobody's failure. */
export async function handBackFollowUp(
  database: Queryable,
  task: ClaimedFollowUp,
  ledger: readonly LedgerRow[],
  waitMs: number,
): Promise<void> {
  const pauseSeconds = waitMs / 1_000;
  await putBack(database, task, { error: null, givenUp: false, handBacks: 1, pauseSeconds }, ledger);
}

/** Whether the task has killed as many workers as it may have attempts. */
export function isPoisoned(task: ClaimedFollowUp): boolean {
  return task.attempt - task.handBacks > MAX_ATTEMPTS;
}

async function putBack(
  database: Queryable,
  task: ClaimedFollowUp,
  how: { error: string | null; givenUp: boolean; handBacks: number; pauseSeconds: number },
  ledger: readonly LedgerRow[],
): Promise<void> {
  await database.query(PUT_BACK_FOLLOW_UP, [
    task.id,
    task.attempt,
    how.error?.slice(0, MAX_ERROR_CHARACTERS) ?? null,
    how.givenUp,
    how.handBacks,
    how.pauseSeconds,
    JSON.stringify(ledger),
  ]);
}

/** What the task's own row keeps, for people. */
function shownResult(result: FollowUpResult): JsonObject {
  return {
    ...(result.title !== undefined && { title: result.title }),
    ...(result.summary && { summary: result.summary.text }),
    ...(result.facts && { facts: result.facts.map(({ key, value }) => ({ key, value })) }),
  };
}
