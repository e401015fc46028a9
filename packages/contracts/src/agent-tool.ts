import type { JsonSchema } from './json.js';

/** An agent that another calls like a tool: it works on a thread of its own, and its answer is the tool's result. */
export interface AgentTool {
  /** Slug of the agent that is called. */
  agent: string;
  /** What the tool is called; absent: `ask_<agent>`. */
  name?: string;
  /** When to call it, for the model; absent: what the agent says of itself. */
  description?: string;
  /** JSON Schema of the arguments, an object at its top; the agent reads them as JSON. Absent: `{input: string}`. */
  input_schema?: JsonSchema;
}
