import type { Pool } from 'pg';
import type { DatabaseRows } from '../checker/evidence.js';
import { readMessage } from '../load/case-message.js';
import { parentCallOf } from '../load/case-plan.js';
import type { SeenEvent } from '../load/history.js';

const milliseconds = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8 AS ${column}`;

/** A follow-up that is due for so long should have been taken by a worker's own look. Seconds. */
const OVERDUE_SECONDS = 30;

/** What the end of a run left open is closed by a sweep that every worker makes once a minute or so. */
const FORGOTTEN_SECONDS = 180;

/** Their names are in what the model wrote: a call of an agent has them in the message that the agent reads. */
const SELECT_CALLS = `SELECT id, tenant_id, run_id, name, call_id, effect, state, result, subrun_id,
    arguments ->> 'call' AS call, arguments ->> 'question' AS question, arguments ->> 'input' AS message,
    arguments ->> 'by' AS by, ${milliseconds('finished_at')}
  FROM tool_calls WHERE run_id = ANY($1::uuid[])`;

type StoredCall = Omit<DatabaseRows['toolCalls'][number], 'call'> &
  Record<'call' | 'question' | 'message', string | null>;

const selectLedger = (purpose: 'turn' | 'guardrail') =>
  `SELECT run_id, tenant_id, attempt, call, outcome, input_tokens, output_tokens, estimated FROM usage_ledger
   WHERE run_id = ANY($1::uuid[]) AND purpose = '${purpose}'`;

/** As PostgreSQL keeps the events of one write: deltas that follow each other share an entry. */
interface StoredBatch {
  run_id: string;
  attempt: number;
  first_n: number;
  events: ({ type: string; deltas: string[] } | { type: string; data: unknown })[];
}

/** All rows of the runs that were accepted since a moment of the database's clock. */
export async function collectRows(sql: Pool, since: Date): Promise<DatabaseRows> {
  const all = async <T extends object>(text: string, value: unknown): Promise<T[]> =>
    (await sql.query<T>(text, [value])).rows;
  const runs = await all<DatabaseRows['runs'][number]>(
    `SELECT id, tenant_id, thread_id, agent, parent_run_id, parent_tool_call_id, depth, status, stop_reason,
       error ->> 'code' AS error_code, attempt, input_message_id, output_message_id, output, ${milliseconds('created_at')}, ${milliseconds('finished_at')}, ${milliseconds('deadline_at')}
     FROM runs WHERE created_at >= $1`,
    since,
  );
  const runIds = runs.map(({ id }) => id);
  const threadIds = [...new Set(runs.map(({ thread_id }) => thread_id))];
  const batches = await all<StoredBatch>(
    'SELECT run_id, attempt, first_n, events FROM run_events WHERE run_id = ANY($1::uuid[]) ORDER BY run_id, attempt, first_n',
    runIds,
  );
  const [overdue] = await all<{ count: number }>(
    `SELECT count(*)::int FROM follow_up_tasks
     WHERE state IN ('pending', 'running') AND lease_until < now() - make_interval(secs => $1)`,
    OVERDUE_SECONDS,
  );
  return {
    runs,
    steps: await all('SELECT run_id, index, kind, attempt FROM run_steps WHERE run_id = ANY($1::uuid[])', runIds),
    messages: await all(
      `SELECT id, tenant_id, thread_id, run_id, parent_id, role, agent, content FROM messages
       WHERE thread_id = ANY($1::uuid[]) ORDER BY id`,
      threadIds,
    ),
    threads: await all(
      'SELECT id, tenant_id, head_message_id, message_count, parent_run_id FROM threads WHERE id = ANY($1::uuid[])',
      threadIds,
    ),
    toolCalls: (await all<StoredCall>(SELECT_CALLS, runIds)).map(({ message, question, call, ...row }) => {
      const child = readMessage(message ?? '')?.id;
      return { ...row, call: call ?? question ?? (child && parentCallOf(child)?.call) ?? '' };
    }),
    approvals: await all(
      `SELECT approvals.id, approvals.tenant_id, run_id, root_run_id, tool_call_id, kind, state, decided_by, on_expiry,
         decision ? 'arguments' IS TRUE AS edited, decision -> 'answer' AS answer, ${milliseconds('decided_at')},
         state = 'pending' AND finished_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS}) IS TRUE AS forgotten
       FROM approvals JOIN runs ON runs.id = run_id WHERE run_id = ANY($1::uuid[])`,
      runIds,
    ),
    events: batches.flatMap(unpack),
    ledger: await all(selectLedger('turn'), runIds),
    judgeLedger: await all(selectLedger('guardrail'), runIds),
    transitions: await all(
      `SELECT run_id, ${milliseconds('at')}, old_status, status, attempt FROM fault_transitions
       WHERE run_id = ANY($1::uuid[]) ORDER BY id`,
      runIds,
    ),
    overdueFollowUps: overdue?.count ?? 0,
  };
}

function unpack({ run_id, attempt, first_n, events }: StoredBatch): DatabaseRows['events'] {
  const plain = events.flatMap((entry) =>
    'deltas' in entry ? entry.deltas.map((delta) => ({ type: entry.type, data: { delta } })) : [entry],
  );
  return plain.map(({ type, data }, index) => {
    const event: SeenEvent = [attempt, first_n + index, type, JSON.stringify(data)];
    return { run_id, event };
  });
}
