import type { StickyDecision } from '@troupe/contracts';
import type { Queryable } from '../database.js';

const READ_STICKY_DECISIONS = {
  name: 'read-sticky-decisions',
  text: `SELECT DISTINCT ON (name, reason = 'untrusted', decision ->> 'role')
      name, state = 'approved' AS approved, reason, decision ->> 'role' AS role, decision ->> 'message' AS message
    FROM approvals
    WHERE thread_id = $1 AND agent = $2 AND name = ANY($3) AND decision ? 'sticky' AND state IN ('approved', 'rejected')
      AND (decision ->> 'sticky' = 'thread' OR run_id = $4)
    ORDER BY name, reason = 'untrusted', decision ->> 'role', decided_at DESC`,
};

/** What was decided for these tools beyond the call in question: for this run, or this agent on this thread. The latest holds. */
export function readStickyDecisions(
  database: Queryable,
  run: { id: string; threadId: string; agent: string },
  names: readonly string[],
): Promise<StickyDecision[]> {
  return database.query<StickyDecision>(READ_STICKY_DECISIONS, [run.threadId, run.agent, names, run.id]);
}
