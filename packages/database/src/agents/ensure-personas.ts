import { type AgentConfiguration, newId } from '@troupe/contracts';
import type { Database } from '../database.js';
import type { NewAgentVersion } from './write-agents.js';

export interface PersonaAgent extends NewAgentVersion {
  slug: string;
}

/** What marks a version that was made from a persona file and by nobody else; readers of a configuration ignore it. */
type MarkedConfiguration = AgentConfiguration & { persona?: string };

const FIND_PERSONA_AGENTS = {
  name: 'find-persona-agents',
  text: `SELECT slug, configuration, deleted_at IS NOT NULL AS deleted
    FROM agents JOIN agent_versions ON agent_id = agents.id AND agent_versions.version = agents.version
    WHERE agents.tenant_id = $1 AND slug = ANY($2)`,
};
const STORE_PERSONA_AGENT = {
  name: 'store-persona-agent',
  text: `WITH agent AS (
      INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1)
      ON CONFLICT (tenant_id, slug) WHERE deleted_at IS NULL DO NOTHING RETURNING *
    )
    INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit)
    SELECT id, 1, tenant_id, $4::jsonb, $5 FROM agent`,
};
const RENEW_PERSONA_AGENT = {
  name: 'renew-persona-agent',
  text: `WITH agent AS (
      UPDATE agents SET version = agents.version + 1, updated_at = now() FROM agent_versions AS current
      WHERE agents.tenant_id = $1 AND slug = $2 AND deleted_at IS NULL AND agent_id = agents.id
        AND current.version = agents.version AND configuration ->> 'persona' = $2 AND configuration <> $3::jsonb
      RETURNING agents.*
    )
    INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit)
    SELECT id, version, tenant_id, $3::jsonb, $4 FROM agent`,
};

/**
 * Stores personas as agents of a tenant: missing ones are made, and one whose file has changed gets a new version. An
 * agent that was changed through the API is left alone from then on, and one that was deleted does not come back.
 */
export async function ensurePersonas(
  database: Database,
  tenantId: string,
  personas: readonly PersonaAgent[],
): Promise<void> {
  const slugs = personas.map(({ slug }) => slug);
  const found = await database.query<{ slug: string; configuration: MarkedConfiguration; deleted: boolean }>(
    FIND_PERSONA_AGENTS,
    [tenantId, slugs],
  );
  for (const { slug, configuration, historyLimit } of personas) {
    const marked = JSON.stringify({ ...configuration, persona: slug } satisfies MarkedConfiguration);
    const agents = found.filter((agent) => agent.slug === slug);
    if (agents.length === 0) {
      await database.query(STORE_PERSONA_AGENT, [newId(), tenantId, slug, marked, historyLimit]);
    } else if (agents.some((agent) => !agent.deleted)) {
      await database.query(RENEW_PERSONA_AGENT, [tenantId, slug, marked, historyLimit]);
    }
  }
}
