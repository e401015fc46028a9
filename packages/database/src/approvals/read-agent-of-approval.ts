import type { AgentTool, Guardrail } from '@troupe/contracts';
import type { Queryable } from '../database.js';

/** What of the agent matters for a decision, as it is pinned for the run that waits. */
export interface AgentOfApproval {
  guardrails: Guardrail[];
  /** Those that it may call as tools. */
  agents: AgentTool[];
  /** Of the run: judges that name none are asked there. */
  model: string;
  /** The key that the run was asked for with. */
  apiKeyId: string | null;
}

const READ_AGENT_OF_APPROVAL = {
  name: 'read-agent-of-approval',
  text: `SELECT coalesce(configuration -> 'guardrails', '[]') AS guardrails, coalesce(configuration -> 'agents', '[]') AS agents,
      runs.model, runs.options ->> 'api_key_id' AS "apiKeyId"
    FROM approvals JOIN runs ON runs.id = approvals.run_id
      JOIN agent_versions ON agent_versions.agent_id = runs.agent_id AND agent_versions.version = runs.agent_version
    WHERE approvals.id = $1 AND approvals.tenant_id = $2`,
};

/** Undefined when the run is gone. */
export async function readAgentOfApproval(
  database: Queryable,
  tenantId: string,
  approvalId: string,
): Promise<AgentOfApproval | undefined> {
  const [row] = await database.query<AgentOfApproval>(READ_AGENT_OF_APPROVAL, [approvalId, tenantId]);
  return row;
}
