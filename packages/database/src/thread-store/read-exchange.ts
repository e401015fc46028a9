import type { ContentPart, MessageRole, Thread } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { threadNotFound } from '../runs/explain-refusal.js';
import { THREAD_COLUMNS, type ThreadRow, threadFromRow } from '../threads/thread-row.js';

/** A thread as it is when somebody is about to say something on it. */
export interface ReadExchange {
  thread: Thread;
  summarizedCount: number;
  headMessageId: string | null;
  /** The run of a server that works on the thread. */
  activeRunId: string | null;
  /** The newest messages, oldest first. */
  history: { role: MessageRole; content: ContentPart[] }[];
}

interface ExchangeRow extends ThreadRow {
  summarized_count: number;
  head_message_id: string | null;
  active_run_id: string | null;
  history: ReadExchange['history'] | null;
}

const READ_EXCHANGE = {
  name: 'read-exchange',
  text: `SELECT ${THREAD_COLUMNS}, summarized_count, threads.head_message_id,
      threads.active_run_id,
      (
        WITH RECURSIVE chain AS (
          SELECT parent_id, role, content, 1 AS depth FROM messages WHERE messages.id = threads.head_message_id
          UNION ALL
          SELECT messages.parent_id, messages.role, messages.content, chain.depth + 1
          FROM chain JOIN messages ON messages.id = chain.parent_id
          WHERE chain.depth < $3
        )
        SELECT jsonb_agg(jsonb_build_object('role', role, 'content', content) ORDER BY depth DESC) FROM chain
      ) AS history
    FROM threads WHERE tenant_id = $1 AND threads.id = $2`,
};

/** @throws TroupeError `thread_not_found` */
export async function readExchange(
  database: Queryable,
  tenantId: string,
  threadId: string,
  limit: number,
): Promise<ReadExchange> {
  const [row] = await database.query<ExchangeRow>(READ_EXCHANGE, [tenantId, threadId, limit]);
  if (!row) throw threadNotFound(threadId);
  return {
    thread: threadFromRow(row),
    summarizedCount: row.summarized_count,
    headMessageId: row.head_message_id,
    activeRunId: row.active_run_id,
    history: row.history ?? [],
  };
}
