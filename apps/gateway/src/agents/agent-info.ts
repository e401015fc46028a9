import { compileSystemPrompt } from '@troupe/agent';
import type { StoredAgent } from '@troupe/database';

/** What an application needs to know to run an agent. */
export interface AgentInfo {
  name: string;
  agent_name: string;
  /** The whole system prompt. */
  instructions: string;
  /** `provider/model` */
  model: string;
  tools_count: number;
  handoffs_count: number;
  endpoints: { run: string; stream: string; info: string };
  session_config: { sessions_enabled: boolean; session_type: string; description: string };
}

export function agentInfo({ slug, configuration }: StoredAgent, defaultModel: string): AgentInfo {
  const path = `/api/agents/${slug}`;
  return {
    name: configuration.name,
    agent_name: configuration.name,
    instructions: compileSystemPrompt(configuration.definition),
    model: configuration.model ?? defaultModel,
    tools_count: configuration.tools.length,
    handoffs_count: 0,
    endpoints: { run: `${path}/run`, stream: `${path}/stream`, info: `${path}/info` },
    session_config: {
      sessions_enabled: true,
      session_type: 'PostgreSQL',
      description: 'Every run is stored in PostgreSQL; send its session_id again to go on with the conversation.',
    },
  };
}
