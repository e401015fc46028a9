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
    memory: configuration.memory,
    max_turns: configuration.max_turns,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
