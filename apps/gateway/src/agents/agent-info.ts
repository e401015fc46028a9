import { compileSystemPrompt } from '@troupe/agent';
import type { StoredAgent } from '@troupe/database';
import type { AgentInfoDto } from './agent-info.dto.js';

export function agentInfo({ slug, configuration }: StoredAgent, defaultModel: string): AgentInfoDto {
  const path = `/api/agents/${slug}`;
  return {
    name: configuration.name,
    agent_name: configuration.name,
    instructions: compileSystemPrompt(configuration.definition),
    model: configuration.model ?? defaultModel,
    tools_count: configuration.tools.length,
    handoffs_count: configuration.handoffs?.filter(({ enabled = true }) => enabled).length ?? 0,
    endpoints: { run: `${path}/run`, stream: `${path}/stream`, info: `${path}/info` },
    session_config: {
      sessions_enabled: true,
      session_type: 'PostgreSQL',
      description: 'Every run is stored in PostgreSQL; send its session_id again to go on with the conversation.',
    },
  };
}
