import { nearMatches, TroupeError } from '@troupe/contracts';
import type { Database } from '../database.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';

const READ_IDEMPOTENCY_KEY = {
  name: 'read-idempotency-key',
  text: `SELECT request_hash, run_id, runs.thread_id, runs.agent, runs.model FROM idempotency_keys JOIN runs ON runs.id = run_id
    WHERE idempotency_keys.tenant_id = $1 AND endpoint = $2 AND key = $3`,
};
const READ_THREAD_AGENT = {
  name: 'read-thread-agent',
  text: 'SELECT agent FROM threads WHERE tenant_id = $1 AND id = $2',
};
const LIST_AGENT_SLUGS = {
  name: 'list-agent-slugs',
  text: 'SELECT slug FROM agents WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY slug',
};

/** Why nothing was stored: asked only after a refusal, so that accepting stays one statement. */
export async function explainRefusal(
  database: Database,
  input: AcceptRunInput,
  threadId: string,
): Promise<AcceptedRunRow> {
  if (input.idempotency) {
    const { endpoint, key, requestHash } = input.idempotency;
    const [earlier] = await database.query<{
      request_hash: string;
      run_id: string;
      thread_id: string;
      agent: string;
      model: string;
    }>(READ_IDEMPOTENCY_KEY, [input.tenantId, endpoint, key]);
    if (earlier?.request_hash === requestHash) {
      return {
        runId: earlier.run_id,
        threadId: earlier.thread_id,
        agent: earlier.agent,
        model: earlier.model,
        replayed: true,
      };
    }
    if (earlier) {
      throw new TroupeError({
        code: 'idempotency_key_reused',
        fault: 'caller',
        message: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
      });
    }
  }

  let threadAgent: string | null = null;
  if (input.thread.type !== 'new') {
    const [thread] = await database.query<{ agent: string | null }>(READ_THREAD_AGENT, [input.tenantId, threadId]);
    if (!thread) throw threadNotFound(threadId);
    threadAgent = thread.agent;
  }
  const slug = input.agent ?? threadAgent ?? input.defaultAgent;
  const known = await database.query<{ slug: string }>(LIST_AGENT_SLUGS, [input.tenantId]);
  throw agentNotFound(
    slug,
    known.map((agent) => agent.slug),
  );
}

export function threadNotFound(threadId: string): TroupeError {
  return new TroupeError({
    code: 'thread_not_found',
    fault: 'caller',
    message: `There is no thread ${threadId}. Leave thread_id out to start a new one.`,
  });
}

export function agentNotFound(slug: string, known: string[]): TroupeError {
  const near = nearMatches(slug, known);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known: ${known.join(', ') || 'none'}.`;
  return new TroupeError({
    code: 'agent_not_found',
    fault: 'caller',
    message: `There is no persona or agent "${slug}". ${hint}`,
    details: { near_matches: near },
  });
}
