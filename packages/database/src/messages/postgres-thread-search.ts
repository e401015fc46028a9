import { type ContentPart, type MessageRole, textOf } from '@troupe/contracts';
import type { ThreadSearch, ThreadSearchHit } from '@troupe/spec';
import type { Queryable } from '../database.js';

const SEARCH_THREAD = {
  name: 'search-thread',
  text: `SELECT role, content, created_at FROM messages
    WHERE tenant_id = $1 AND thread_id = $2 AND role IN ('user', 'assistant')
      AND content::text ILIKE ALL ($3) ORDER BY id DESC LIMIT $4`,
};

export class PostgresThreadSearch implements ThreadSearch {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  async search(
    scope: { tenantId: string; threadId: string },
    query: string,
    limit: number,
  ): Promise<ThreadSearchHit[]> {
    const patterns = query
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
    if (patterns.length === 0) return [];
    const rows = await this.#database.query<{ role: MessageRole; content: ContentPart[]; created_at: Date }>(
      SEARCH_THREAD,
      [scope.tenantId, scope.threadId, patterns, limit],
    );
    return rows.map((row) => ({ role: row.role, text: textOf(row.content), createdAt: row.created_at.toISOString() }));
  }
}
