import type { AgentConfiguration } from '@troupe/contracts';

/** One version of an agent as it is stored. */
export interface StoredAgent {
  id: string;
  slug: string;
  version: number;
  configuration: AgentConfiguration;
  createdAt: string;
  /** When this version was made. */
  updatedAt: string;
}

export interface AgentRow {
  id: string;
  slug: string;
  version: number;
  configuration: AgentConfiguration;
  created_at: Date;
  version_created_at: Date;
}

/** The columns of AgentRow, of `agents` joined with `agent_versions`. */
export const AGENT_COLUMNS = `agents.id, agents.slug, agent_versions.version, agent_versions.configuration,
  agents.created_at, agent_versions.created_at AS version_created_at`;

export function agentFromRow(row: AgentRow): StoredAgent {
  return {
    id: row.id,
    slug: row.slug,
    version: row.version,
    configuration: row.configuration,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.version_created_at.toISOString(),
  };
}
