import { isId } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import { agentNotFound } from '../runs/explain-refusal.js';
import { AGENT_COLUMNS, type AgentRow, agentFromRow, type StoredAgent } from './agent-row.js';
import { listSlugs } from './list-slugs.js';

const CURRENT = `FROM agents JOIN agent_versions ON agent_id = agents.id AND agent_versions.version = agents.version
  WHERE agents.tenant_id = $1 AND agents.deleted_at IS NULL`;

const READ_AGENT_BY_SLUG = { name: 'read-agent-by-slug', text: `SELECT ${AGENT_COLUMNS} ${CURRENT} AND slug = $2` };
const READ_AGENT_BY_ID = { name: 'read-agent-by-id', text: `SELECT ${AGENT_COLUMNS} ${CURRENT} AND agents.id = $2` };
const READ_AGENT_THAT_ANSWERS = {
  name: 'read-agent-that-answers',
  text: `SELECT ${AGENT_COLUMNS} ${CURRENT}
    AND slug = coalesce($2, (SELECT agent FROM threads WHERE id = $3::uuid AND tenant_id = $1), $4)`,
};
const LIST_AGENTS = {
  name: 'list-agents',
  text: `SELECT ${AGENT_COLUMNS} ${CURRENT} AND ($2::text IS NULL OR slug > $2) ORDER BY slug LIMIT $3`,
};
const LIST_AGENT_VERSIONS = {
  name: 'list-agent-versions',
  text: `SELECT ${AGENT_COLUMNS} FROM agents JOIN agent_versions ON agent_id = agents.id
    WHERE agents.tenant_id = $1 AND agents.id = $2 AND ($3::int IS NULL OR agent_versions.version < $3)
    ORDER BY agent_versions.version DESC LIMIT $4`,
};

/**
 * The current version of an agent by its slug or id.
 * @throws TroupeError `agent_not_found` with near matches; for another tenant's agent too.
 */
export async function readAgent(database: Queryable, tenantId: string, agent: string): Promise<StoredAgent> {
  const statement = isId(agent) ? READ_AGENT_BY_ID : READ_AGENT_BY_SLUG;
  const [row] = await database.query<AgentRow>(statement, [tenantId, agent]);
  if (row) return agentFromRow(row);
  throw agentNotFound(agent, await listSlugs(database, tenantId));
}

/**
 * The agent that a run of this request would be of: the one that is named, else the thread's, else the default one.
 * Undefined: there is none, and `acceptRun` says why.
 */
export async function findAnsweringAgent(
  database: Queryable,
  tenantId: string,
  request: { agent: string | null; threadId: string | null; defaultAgent: string },
): Promise<StoredAgent | undefined> {
  const values = [tenantId, request.agent, request.threadId, request.defaultAgent];
  const [row] = await database.query<AgentRow>(READ_AGENT_THAT_ANSWERS, values);
  return row && agentFromRow(row);
}

/** Agents by slug, after the cursor. */
export async function listAgents(
  database: Queryable,
  tenantId: string,
  page: { after: string | null; limit: number },
): Promise<StoredAgent[]> {
  return (await database.query<AgentRow>(LIST_AGENTS, [tenantId, page.after, page.limit])).map(agentFromRow);
}

/** Versions of an agent, newest first, older than the cursor. */
export async function listAgentVersions(
  database: Queryable,
  scope: { tenantId: string; agentId: string },
  page: { before: number | null; limit: number },
): Promise<StoredAgent[]> {
  const values = [scope.tenantId, scope.agentId, page.before, page.limit];
  return (await database.query<AgentRow>(LIST_AGENT_VERSIONS, values)).map(agentFromRow);
}
