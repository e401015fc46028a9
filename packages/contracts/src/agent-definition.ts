/** Who an agent is; compiles to the system prompt. */
export interface AgentDefinition {
  /** What the agent is, in the second person: "You help ...". */
  role: string;
  goal?: string;
  constraints?: string[];
  personality?: { tone?: string; style?: string; traits?: string[] };
  examples?: { user: string; assistant: string }[];
  /** Free text appended after everything else. */
  instructions?: string;
}
