import { type AgentConfiguration, newId, TroupeError } from '@troupe/contracts';
import type { Database, Queryable } from '../database.js';
import { violates } from '../database-error.js';
import { type AgentRow, agentFromRow, type StoredAgent } from './agent-row.js';
import { readAgent } from './read-agents.js';

/** A configuration with what the store has to know about it. */
export interface NewAgentVersion {
  configuration: AgentConfiguration;
  /** Messages that a claim loads, counted up from the newest: what the memory strategy can use. */
  historyLimit: number;
}

const CREATE_AGENT = {
  name: 'create-agent',
  text: `WITH agent AS (
      INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1) RETURNING *
    ),
    first AS (
      INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit)
      SELECT id, 1, tenant_id, $4::jsonb, $5 FROM agent RETURNING *
    )
    SELECT agent.id, slug, first.version, configuration, agent.created_at, first.created_at AS version_created_at
    FROM agent, first`,
};
const LOCK_AGENT = {
  name: 'lock-agent',
  text: 'SELECT id FROM agents WHERE id = $1 AND deleted_at IS NULL FOR UPDATE',
};
const ADD_AGENT_VERSION = {
  name: 'add-agent-version',
  text: `WITH agent AS (
      UPDATE agents SET version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
    ),
    next AS (
      INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit)
      SELECT id, version, tenant_id, $2::jsonb, $3 FROM agent RETURNING *
    )
    SELECT agent.id, slug, next.version, configuration, agent.created_at, next.created_at AS version_created_at
    FROM agent, next`,
};
const DELETE_AGENT = {
  name: 'delete-agent',
  text: 'UPDATE agents SET deleted_at = now() WHERE id = $1 AND tenant_id = $2 AND deleted_at IS NULL',
};

/** @throws TroupeError `agent_exists` when the slug is taken. */
export async function createAgent(
  database: Queryable,
  agent: { tenantId: string; slug: string } & NewAgentVersion,
): Promise<StoredAgent> {
  const values = [newId(), agent.tenantId, agent.slug, JSON.stringify(agent.configuration), agent.historyLimit];
  try {
    const [row] = await database.query<AgentRow>(CREATE_AGENT, values);
    if (!row) throw new Error('Creating an agent returned no row.');
    return agentFromRow(row);
  } catch (error) {
    if (!violates(error, 'agents_slug')) throw error;
    throw new TroupeError({
      code: 'agent_exists',
      fault: 'caller',
      message: `There is an agent "${agent.slug}" already. Choose another slug, or change that one with PUT or PATCH.`,
      cause: error,
    });
  }
}

/**
 * Makes a new version from the current one; runs that are under way keep theirs. `change` runs under the agent's lock, so
 * that of two changes at once none is lost.
 * @throws TroupeError `agent_not_found`, and what `change` throws.
 */
export async function changeAgent(
  database: Database,
  tenantId: string,
  agent: string,
  change: (current: AgentConfiguration, slug: string) => NewAgentVersion,
): Promise<StoredAgent> {
  return database.transaction(async (transaction) => {
    const { id } = await readAgent(transaction, tenantId, agent);
    await transaction.query(LOCK_AGENT, [id]);
    const current = await readAgent(transaction, tenantId, id);
    const next = change(current.configuration, current.slug);
    const values = [id, JSON.stringify(next.configuration), next.historyLimit];
    const [row] = await transaction.query<AgentRow>(ADD_AGENT_VERSION, values);
    if (!row) throw new Error('Changing an agent returned no row.');
    return agentFromRow(row);
  });
}

/**
 * Hides an agent and frees its slug; its versions stay for the runs that name them.
 * @throws TroupeError `agent_not_found`
 */
export async function deleteAgent(database: Queryable, tenantId: string, agent: string): Promise<void> {
  const { id } = await readAgent(database, tenantId, agent);
  await database.query(DELETE_AGENT, [id, tenantId]);
}
