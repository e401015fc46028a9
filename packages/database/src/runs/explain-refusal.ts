import { nearMatches, TroupeError } from '@troupe/contracts';
import type { Database } from '../database.js';
import { keyReused } from '../idempotency/idempotency-errors.js';
import type { AcceptedRunRow, AcceptRunInput } from './accept-run-input.js';
import { MAX_WAITING_RUNS } from './waiting-line.js';

/** A key that is younger than its run belongs to a message that was given to the run while it worked. */
const READ_IDEMPOTENCY_KEY = {
  name: 'read-idempotency-key',
  text: `SELECT request_hash, run_id, runs.thread_id, runs.agent, runs.model,
      idempotency_keys.created_at > runs.created_at AS steered
    FROM idempotency_keys JOIN runs ON runs.id = run_id
    WHERE idempotency_keys.tenant_id = $1 AND endpoint = $2 AND key = $3`,
};
const READ_REFUSING_THREAD = {
  name: 'read-refusing-thread',
  text: 'SELECT id, agent, active_run_id, waiting_runs FROM threads WHERE tenant_id = $1 AND id = $2',
};
const LIST_AGENT_SLUGS = {
  name: 'list-agent-slugs',
  text: 'SELECT slug FROM agents WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY slug',
};

/**
 * Why nothing was stored: asked only after a refusal, so that accepting stays one statement.
 *
 * @param threadId absent: it was to be a new one
 */
export async function explainRefusal(
  database: Database,
  input: AcceptRunInput,
  threadId?: string,
): Promise<AcceptedRunRow> {
  if (input.idempotency) {
    const { endpoint, key, requestHash } = input.idempotency;
    const [earlier] = await database.query<{
      request_hash: string;
      run_id: string;
      thread_id: string;
      agent: string;
      model: string;
      steered: boolean;
    }>(READ_IDEMPOTENCY_KEY, [input.tenantId, endpoint, key]);
    if (earlier?.request_hash === requestHash) {
      return {
        runId: earlier.run_id,
        threadId: earlier.thread_id,
        agent: earlier.agent,
        model: earlier.model,
        replayed: true,
        steered: earlier.steered,
        wait: null,
      };
    }
    if (earlier) throw keyReused();
  }

  let thread: RefusingThread | undefined;
  if (threadId !== undefined) {
    [thread] = await database.query<RefusingThread>(READ_REFUSING_THREAD, [input.tenantId, threadId]);
    if (!thread) throw threadNotFound(threadId);
  }
  const slug = input.agent ?? thread?.agent ?? input.defaultAgent;
  const rows = await database.query<{ slug: string }>(LIST_AGENT_SLUGS, [input.tenantId]);
  const known = rows.map((agent) => agent.slug);
  if (!known.includes(slug) && input.agent === null && thread?.agent) throw threadAgentDeleted(thread.agent, thread.id);
  if (!thread || !known.includes(slug)) throw agentNotFound(slug, known);
  throw threadBusy(thread);
}

interface RefusingThread {
  id: string;
  agent: string | null;
  active_run_id: string | null;
  waiting_runs: number;
}

/** Of a thread that has a run, or had one a moment ago. */
function threadBusy({ id, active_run_id, waiting_runs }: RefusingThread): TroupeError {
  const [why, hint] =
    waiting_runs < MAX_WAITING_RUNS
      ? [
          'is working on another run',
          'Wait until it ends, cancel it, choose a multitask_strategy, or use another thread.',
        ]
      : [
          `has ${waiting_runs} runs that wait for it`,
          'Wait until some have ended, cancel some, or use another thread.',
        ];
  return new TroupeError({
    code: 'thread_busy',
    fault: 'caller',
    message: `Thread ${id} ${why}. ${hint}`,
    retryable: true,
    retryAfterMs: 1_000,
    details: { thread_id: id, ...(active_run_id !== null && { run_id: active_run_id }) },
  });
}

function threadAgentDeleted(slug: string, threadId: string): TroupeError {
  return new TroupeError({
    code: 'agent_not_found',
    fault: 'caller',
    message: `The agent "${slug}" of thread ${threadId} was deleted. Name another one to go on with the thread.`,
    details: { agent: slug, thread_id: threadId },
  });
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
