import { newId } from '@troupe/contracts';
import type { AcceptRunInput } from './accept-run-input.js';

/**
 * Parts of the statements that accept a run. They share their parameters, which `acceptanceValues` gives.
 *
 * @param threadAgent where the agent of the thread is found
 */
export const agentOf = (threadAgent: string) => `
  agent AS (
    SELECT agents.id, agents.slug, agents.version,
      coalesce($6, agent_versions.configuration ->> 'model', $7) AS model
    FROM agents JOIN agent_versions ON agent_id = agents.id AND agent_versions.version = agents.version
    WHERE agents.tenant_id = $1 AND agents.deleted_at IS NULL AND agents.slug = coalesce($4, ${threadAgent}, $5)
  )`;

/**
 * `room` is to have a row when the thread takes the run. The key is stored with the run or not at all: a request that is
 * refused may be sent again with its key.
 */
export const ACCEPTED = `
  idempotency AS (
    INSERT INTO idempotency_keys (tenant_id, endpoint, key, request_hash, run_id)
    SELECT $1, $11, $12, $13, $2 FROM room WHERE $12::text IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING key
  ),
  accepted AS (
    SELECT * FROM room WHERE $12::text IS NULL OR EXISTS (SELECT FROM idempotency)
  ),
  known_user AS (
    INSERT INTO users (tenant_id, id) SELECT $1, $3 FROM accepted WHERE $3::text IS NOT NULL ON CONFLICT DO NOTHING
  )`;

export function acceptanceValues(input: AcceptRunInput, threadId: string): unknown[] {
  return [
    input.tenantId,
    input.runId,
    input.userId,
    input.agent,
    input.defaultAgent,
    input.model,
    input.defaultModel,
    input.deadlineSeconds,
    newId(),
    JSON.stringify(input.content),
    input.idempotency?.endpoint ?? null,
    input.idempotency?.key ?? null,
    input.idempotency?.requestHash ?? null,
    threadId,
    input.multitaskStrategy ?? 'reject',
    JSON.stringify(input.options ?? {}),
  ];
}
