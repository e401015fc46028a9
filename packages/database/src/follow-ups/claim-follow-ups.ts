import type { ContentPart, Fact, FollowUpKind, MemoryStrategy, MessageRole } from '@troupe/contracts';
import type { Queryable } from '../database.js';

export interface ClaimedFollowUp {
  id: string;
  tenantId: string;
  runId: string;
  threadId: string;
  userId: string | null;
  kind: FollowUpKind;
  model: string;
  attempt: number;
  /** Attempts that ended because their worker was told to stop; they count for nothing. */
  handBacks: number;
  /** Attempts whose worker died, perhaps in the middle of a call that is paid and in no ledger row yet. */
  lostAttempts: number[];
  /** Chain of the thread up from the run's answer, oldest first, as far as the kind of task looks back. */
  messages: { id: string; role: MessageRole; content: ContentPart[] }[];
  facts: Pick<Fact, 'key' | 'value' | 'category'>[];
  /** The memory strategy of the agent that answered. */
  memory: MemoryStrategy;
  thread: { title: string | null; summary: string | null; messageCount: number; summarizedCount: number };
}

interface ClaimRow {
  id: string;
  tenant_id: string;
  run_id: string;
  thread_id: string;
  user_id: string | null;
  kind: FollowUpKind;
  model: string;
  attempt: number;
  hand_backs: number;
  lost_attempts: number[];
  messages: ClaimedFollowUp['messages'] | null;
  facts: ClaimedFollowUp['facts'] | null;
  title: string | null;
  summary: string | null;
  message_count: number;
  summarized_count: number;
  memory: MemoryStrategy;
}

/** Messages that a title (the first exchange), the facts of a run, and a summary are made from, at most. */
const LOOK_BACK = `CASE claimed.kind WHEN 'title-thread' THEN 6 WHEN 'extract-facts' THEN 10 ELSE 200 END`;

const CLAIM_FOLLOW_UPS = {
  name: 'claim-follow-ups',
  text: `WITH claimed AS (
      UPDATE follow_up_tasks SET state = 'running', attempt = attempt + 1,
        lease_until = now() + make_interval(secs => $2),
        lost_attempts = CASE state WHEN 'running' THEN lost_attempts || attempt ELSE lost_attempts END
      WHERE id = ANY($1::uuid[]) AND (state = 'pending' OR (state = 'running' AND lease_until < now()))
      RETURNING *
    )
    SELECT claimed.id, claimed.tenant_id, claimed.run_id, claimed.thread_id, claimed.user_id, claimed.kind,
      claimed.model, claimed.attempt, claimed.hand_backs, claimed.lost_attempts, threads.title, threads.summary, threads.message_count,
      threads.summarized_count, agent_versions.configuration -> 'memory' AS memory,
      (
        WITH RECURSIVE chain AS (
          SELECT m.id, m.parent_id, m.role, m.content, 1 AS depth FROM messages m WHERE m.id = runs.head_message_id
          UNION ALL
          SELECT m.id, m.parent_id, m.role, m.content, chain.depth + 1
          FROM chain JOIN messages m ON m.id = chain.parent_id WHERE chain.depth < ${LOOK_BACK}
        )
        SELECT jsonb_agg(jsonb_build_object('id', id, 'role', role, 'content', content) ORDER BY depth DESC) FROM chain
      ) AS messages,
      CASE WHEN claimed.kind = 'extract-facts' THEN (
        SELECT jsonb_agg(jsonb_build_object('key', key, 'value', value, 'category', category) ORDER BY key)
        FROM facts WHERE facts.tenant_id = claimed.tenant_id AND facts.user_id = claimed.user_id
      ) END AS facts
    FROM claimed JOIN runs ON runs.id = claimed.run_id JOIN threads ON threads.id = claimed.thread_id
    JOIN agent_versions ON agent_versions.agent_id = runs.agent_id AND agent_versions.version = runs.agent_version`,
};

/** Takes those of the tasks that are free, with everything that they work on. */
export async function claimFollowUps(
  database: Queryable,
  taskIds: readonly string[],
  leaseSeconds: number,
): Promise<ClaimedFollowUp[]> {
  const rows = await database.query<ClaimRow>(CLAIM_FOLLOW_UPS, [taskIds, leaseSeconds]);
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    runId: row.run_id,
    threadId: row.thread_id,
    userId: row.user_id,
    kind: row.kind,
    model: row.model,
    attempt: row.attempt,
    handBacks: row.hand_backs,
    lostAttempts: row.lost_attempts,
    messages: row.messages ?? [],
    facts: row.facts ?? [],
    memory: row.memory,
    thread: {
      title: row.title,
      summary: row.summary,
      messageCount: row.message_count,
      summarizedCount: row.summarized_count,
    },
  }));
}

const FIND_DUE_FOLLOW_UPS = {
  name: 'find-due-follow-ups',
  text: `SELECT id FROM follow_up_tasks
    WHERE state IN ('pending', 'running') AND lease_until < now() AND kind = $1 ORDER BY lease_until LIMIT $2`,
};

/** Tasks that nobody works on: their job was lost, or their worker died. */
export async function findDueFollowUps(database: Queryable, kind: FollowUpKind, limit: number): Promise<string[]> {
  return (await database.query<{ id: string }>(FIND_DUE_FOLLOW_UPS, [kind, limit])).map(({ id }) => id);
}
