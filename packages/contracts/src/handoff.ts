import type { JsonSchema } from './json.js';

/**
 * What an agent that takes over is shown of the conversation before: all of it, only what was said (no calls of tools), or
 * only the user's newest message. What comes after the handoff is always shown.
 */
export const HANDOFF_HISTORIES = ['full', 'without_tools', 'last_message'] as const;
export type HandoffHistory = (typeof HANDOFF_HISTORIES)[number];

/** An agent to whom another may hand the conversation over. The model sees it as a tool `transfer_to_<agent>`. */
export interface Handoff {
  /** Slug of the agent that takes over. */
  agent: string;
  /** When to hand over, for the model; absent: what the agent says of itself. */
  description?: string;
  /** JSON Schema of what the model has to send along, an object at its top; absent: nothing. */
  input_schema?: JsonSchema;
  /** Default `full`. */
  history?: HandoffHistory;
  /** Default true. */
  enabled?: boolean;
}

/** Tools have names of at most this many characters with every provider. */
const MAX_TOOL_NAME = 64;

/** The name of the tool that hands over to an agent. */
export function handoffToolName(agent: string): string {
  return `transfer_to_${toolNamePart(agent)}`.slice(0, MAX_TOOL_NAME);
}

/** A slug or a name as part of a tool's name: lower-case letters and digits, with underscores between. */
function toolNamePart(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
}

/** The name of the tool that an agent is, where it is given none. */
export function agentToolName(agent: string): string {
  return `ask_${toolNamePart(agent)}`.slice(0, MAX_TOOL_NAME);
}
