import type { ModelId } from '@troupe/contracts';
import type { Queryable } from '../database.js';

/** What another agent has to know of one that it may involve. */
export interface AgentCard {
  id: string;
  slug: string;
  version: number;
  name: string;
  description: string | null;
  model: ModelId | null;
  /** Names of its tiers. */
  tiers: string[];
  maxTurns: number;
}

const READ_AGENT_CARDS = {
  name: 'read-agent-cards',
  text: `SELECT agents.id, agents.slug, agents.version, configuration ->> 'name' AS name,
      configuration ->> 'description' AS description, configuration ->> 'model' AS model,
      ARRAY(SELECT jsonb_object_keys(configuration #> '{routing,tiers}')) AS tiers,
      (configuration ->> 'max_turns')::int AS "maxTurns"
    FROM agents JOIN agent_versions ON agent_id = agents.id AND agent_versions.version = agents.version
    WHERE agents.tenant_id = $1 AND agents.deleted_at IS NULL AND agents.slug = ANY($2)`,
};

/** The current versions of those of the agents that are there. */
export async function readAgentCards(
  database: Queryable,
  tenantId: string,
  slugs: readonly string[],
): Promise<AgentCard[]> {
  return database.query<AgentCard>(READ_AGENT_CARDS, [tenantId, slugs]);
}
