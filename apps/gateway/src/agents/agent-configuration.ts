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
  const configuration = withoutNulls({
    name: changes.name ?? current.name,
    description: given(changes.description, current.description, undefined),
    definition: changes.definition ?? current.definition,
    model: given(changes.model, current.model, undefined),
    fallback_models: given(changes.fallback_models, current.fallback_models, undefined),
    routing: given(changes.routing, current.routing, undefined),
    on_interruption: given(changes.on_interruption, current.on_interruption, undefined),
    model_settings: given(changes.model_settings, current.model_settings, undefined),
    tools: given(changes.tools, current.tools, []),
    approvals: given(changes.approvals, current.approvals, undefined),
    denied_tools: given(changes.denied_tools, current.denied_tools, undefined),
    permission_mode: given(changes.permission_mode, current.permission_mode, undefined),
    guardrails: given(changes.guardrails, current.guardrails, undefined),
    untrusted: given(changes.untrusted, current.untrusted, undefined),
    memory: given(changes.memory, current.memory, DEFAULT_MEMORY),
    max_turns: given(changes.max_turns, current.max_turns, DEFAULT_MAX_TURNS),
    output_name: given(changes.output_name, current.output_name, undefined),
    output_retries: given(changes.output_retries, current.output_retries, undefined),
    limits: given(changes.limits, current.limits, undefined),
    tool_choice: given(changes.tool_choice, current.tool_choice, undefined),
    max_parallel_tool_calls: given(changes.max_parallel_tool_calls, current.max_parallel_tool_calls, undefined),
    stop_on_tools: given(changes.stop_on_tools, current.stop_on_tools, undefined),
  });
  // In a schema null is a value.
  const output_schema = given(changes.output_schema, current.output_schema, undefined);
  const handoffs = given(changes.handoffs, current.handoffs, undefined)?.map(withoutNullFields);
  const agents = given(changes.agents, current.agents, undefined)?.map(withoutNullFields);
  return {
    ...configuration,
    ...(output_schema && { output_schema }),
    ...(handoffs && { handoffs }),
    ...(agents && { agents }),
  };
}

function given<Value>(change: Value | null | undefined, current: Value, fallback: Value): Value {
  if (change === undefined) return current;
  return change ?? fallback;
}

function withoutNullFields<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) as Value;
}

/** Without the fields that are null, at any depth: in a stored configuration, absent is the only "not set". */
export function withoutNulls<Value extends object>(value: Value): Value {
  const text = JSON.stringify(value, (_key, field: unknown) => (field === null ? undefined : field));
  return JSON.parse(text) as Value;
}
