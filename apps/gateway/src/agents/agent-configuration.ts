import { DEFAULT_MAX_TURNS, DEFAULT_MEMORY } from '@troupe/agent';
import type { AgentConfiguration } from '@troupe/contracts';
import type { AgentConfigurationDto, ChangeAgentDto } from './agents.dto.js';

/** The configuration that a whole one in a request asks for. */
export function newConfiguration(body: AgentConfigurationDto): AgentConfiguration {
  const { name, definition } = body;
  return changedConfiguration(
    { name, definition, tools: [], memory: DEFAULT_MEMORY, max_turns: DEFAULT_MAX_TURNS },
    body,
  );
}

/** A configuration with changes: absent fields stay, null takes the default, anything else replaces the field. */
export function changedConfiguration(current: AgentConfiguration, changes: ChangeAgentDto): AgentConfiguration {
  return withoutNulls({
    name: changes.name ?? current.name,
    description: given(changes.description, current.description, undefined),
    definition: changes.definition ?? current.definition,
    model: given(changes.model, current.model, undefined),
    fallback_models: given(changes.fallback_models, current.fallback_models, undefined),
    routing: given(changes.routing, current.routing, undefined),
    on_interruption: given(changes.on_interruption, current.on_interruption, undefined),
    model_settings: given(changes.model_settings, current.model_settings, undefined),
    tools: given(changes.tools, current.tools, []),
    memory: given(changes.memory, current.memory, DEFAULT_MEMORY),
    max_turns: given(changes.max_turns, current.max_turns, DEFAULT_MAX_TURNS),
  });
}

function given<Value>(change: Value | null | undefined, current: Value, fallback: Value): Value {
  if (change === undefined) return current;
  return change ?? fallback;
}

/** Without the fields that are null, at any depth: in a stored configuration, absent is the only "not set". */
export function withoutNulls<Value extends object>(value: Value): Value {
  const text = JSON.stringify(value, (_key, field: unknown) => (field === null ? undefined : field));
  return JSON.parse(text) as Value;
}
