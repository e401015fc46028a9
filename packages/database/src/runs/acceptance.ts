import { newId } from '@troupe/contracts';
import { fewRows } from '../connection/few-rows.js';
import type { AcceptRunInput } from './accept-run-input.js';

/**
 * Parts of the statements that accept runs. `given` is what they get: an array with an object for each run, which
 * `acceptanceOf` makes. `agent` has a row for each that an agent answers.
 *
 * @param threadAgent where the agent of the thread is found
 */
export const agentOf = (threadAgent: string) => `
  given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS given(run_id uuid, tenant_id uuid, user_id text, thread_id uuid,
      agent text, default_agent text, model text, default_model text, message_id uuid, content jsonb, deadline_in float8,
      strategy text, options jsonb, endpoint text, key text, request_hash text)
    WHERE ${fewRows('run_id')}
  ),
  agent AS (
    SELECT given.run_id, agents.id, agents.slug, agents.version,
      coalesce(given.model, agent_versions.configuration ->> 'model', given.default_model) AS model
    FROM given
    JOIN agents ON agents.tenant_id = given.tenant_id AND agents.deleted_at IS NULL
      AND agents.slug = coalesce(given.agent, ${threadAgent}, given.default_agent)
    JOIN agent_versions ON agent_id = agents.id AND agent_versions.version = agents.version
  )`;

/** The agent of a thread that is there. */
export const AGENT_OF_THREAD = `(
        SELECT threads.agent FROM threads WHERE threads.id = given.thread_id AND threads.tenant_id = given.tenant_id
      )`;

/**
 * `room` is to have a row for each run that its thread takes. A key is stored with its run or not at all: a request that is
 * refused may be sent again with its key.
 */
export const ACCEPTED = `
  idempotency AS (
    INSERT INTO idempotency_keys (tenant_id, endpoint, key, request_hash, run_id)
    SELECT tenant_id, endpoint, key, request_hash, run_id FROM room JOIN given USING (run_id) WHERE key IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING run_id
  ),
  accepted AS (
    SELECT room.* FROM room JOIN given USING (run_id)
    WHERE key IS NULL OR EXISTS (SELECT FROM idempotency WHERE idempotency.run_id = room.run_id)
  ),
  known_user AS (
    INSERT INTO users (tenant_id, id)
    SELECT tenant_id, user_id FROM accepted JOIN given USING (run_id) WHERE user_id IS NOT NULL ORDER BY user_id
    ON CONFLICT DO NOTHING
  )`;

export function acceptanceOf(input: AcceptRunInput, threadId: string) {
  return {
    run_id: input.runId,
    tenant_id: input.tenantId,
    user_id: input.userId,
    thread_id: threadId,
    agent: input.agent,
    default_agent: input.defaultAgent,
    model: input.model,
    default_model: input.defaultModel,
    message_id: newId(),
    content: input.content,
    deadline_in: input.deadlineSeconds,
    strategy: input.multitaskStrategy ?? 'reject',
    options: input.options ?? {},
    endpoint: input.idempotency?.endpoint,
    key: input.idempotency?.key,
    request_hash: input.idempotency?.requestHash,
  };
}
