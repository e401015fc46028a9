import { compileSystemPrompt } from '@troupe/agent';
import type { Agent } from '@troupe/contracts';
import type { StoredAgent } from '@troupe/database';

/** A stored agent as callers see it. */
export function agentView({ id, slug, version, configuration, createdAt, updatedAt }: StoredAgent): Agent {
  return {
    id,
    slug,
    version,
    name: configuration.name,
    description: configuration.description,
    definition: configuration.definition,
    system_prompt: compileSystemPrompt(configuration.definition),
    model: configuration.model,
    fallback_models: configuration.fallback_models,
    routing: configuration.routing,
    on_interruption: configuration.on_interruption,
    model_settings: configuration.model_settings,
    tools: configuration.tools,
    handoffs: configuration.handoffs,
    agents: configuration.agents,
    approvals: configuration.approvals,
    denied_tools: configuration.denied_tools,
    permission_mode: configuration.permission_mode,
    guardrails: configuration.guardrails,
    untrusted: configuration.untrusted,
    memory: configuration.memory,
    max_turns: configuration.max_turns,
    output_schema: configuration.output_schema,
    output_name: configuration.output_name,
    output_retries: configuration.output_retries,
    limits: configuration.limits,
    tool_choice: configuration.tool_choice,
    max_parallel_tool_calls: configuration.max_parallel_tool_calls,
    stop_on_tools: configuration.stop_on_tools,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
