import { handoffToolName, type JsonSchema } from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';

/** A handoff as the model is offered it. */
export interface HandoffTool extends ModelTool {
  /** Slug or name of the agent that takes over. */
  to: string;
  /** What people call that agent. */
  toName: string;
}

export interface HandoffTarget {
  /** Slug or name of the agent that takes over. */
  agent: string;
  /** What people call it. */
  name: string;
  /** When to hand over, or what the agent is for. */
  description?: string | undefined;
  /** Of what the model sends along; absent: nothing. */
  inputSchema?: JsonSchema | undefined;
  /** `transfer_to_<agent>` unless told. */
  toolName?: string | undefined;
}

const NO_INPUT: JsonSchema = { type: 'object', properties: {}, additionalProperties: false };

export function handoffTool({ agent, name, description, inputSchema, toolName }: HandoffTarget): HandoffTool {
  const about = description ? ` ${description}` : '';
  return {
    name: toolName ?? handoffToolName(agent),
    description: `Hands the conversation over to ${name}, who answers from then on.${about}`,
    parameters: inputSchema ?? NO_INPUT,
    to: agent,
    toName: name,
  };
}
