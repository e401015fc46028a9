import { type AgentTool, agentToolName, type JsonObject, type JsonSchema } from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';
import type { OtherAgent } from '../handoff/offered-handoffs.js';

/** How many runs may stand above another: an agent that calls an agent that calls an agent, and one more. */
export const MAX_DEPTH = 3;

/** Calls of agents that one turn may make; each is a run with calls of its own. */
export const MAX_FAN_OUT = 8;

const TEXT_INPUT: JsonSchema = {
  type: 'object',
  properties: { input: { type: 'string', minLength: 1, description: 'What to do, with all that it takes to do it.' } },
  required: ['input'],
  additionalProperties: false,
};

/** An agent as a model that may call it is told of it. */
export function agentToolSchema({
  agent,
  name,
  displayName,
  description,
  inputSchema = TEXT_INPUT,
}: {
  agent: string;
  /** Of the tool; `ask_<agent>` unless told. */
  name?: string | undefined;
  displayName: string;
  description?: string | undefined;
  inputSchema?: JsonSchema | undefined;
}): ModelTool {
  const about = description ?? `Asks ${displayName}, who works on it alone and sees nothing of this conversation.`;
  return { name: name ?? agentToolName(agent), description: about, parameters: inputSchema };
}

/** What the agent that is called reads: the text, or arguments of another form as JSON. */
export function agentInput(args: JsonObject): string {
  const { input, ...rest } = args;
  return typeof input === 'string' && Object.keys(rest).length === 0 ? input : JSON.stringify(args, null, 2);
}

/** The agents that a model may call, by the names of their tools. */
export function offeredAgents(
  agents: readonly AgentTool[],
  others: readonly OtherAgent[],
): Map<string, ModelTool & { agent: string }> {
  const offered = new Map<string, ModelTool & { agent: string }>();
  for (const { agent, name, description, input_schema } of agents) {
    const other = others.find(({ slug }) => slug === agent);
    if (!other) continue;
    const about = description ?? other.description ?? undefined;
    const tool = agentToolSchema({
      agent,
      name,
      displayName: other.name,
      description: about,
      inputSchema: input_schema,
    });
    offered.set(tool.name, { ...tool, agent });
  }
  return offered;
}
