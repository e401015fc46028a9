import type { ContentPart, JsonSchema, ModelSettings } from '@troupe/contracts';

/**
 * A message for a model. `tool` messages hold only `tool_result` parts and follow the assistant message whose
 * `tool_call` parts they answer, every call answered exactly once.
 */
export interface ModelMessage {
  role: 'user' | 'assistant' | 'tool';
  content: ContentPart[];
}

/** A tool as a model sees it. */
export interface ModelTool {
  name: string;
  description: string;
  parameters: JsonSchema;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

/** What the text of an answer must look like, for servers that can constrain what they generate. */
export type OutputConstraint =
  | { type: 'regex'; pattern: string }
  | { type: 'choice'; choices: string[] }
  | { type: 'grammar'; grammar: string };

export interface OutputSchema {
  /** Letters, digits, `_` and `-`; providers show it to the model. */
  name: string;
  schema: JsonSchema;
}

/** One call of a model, in no provider's words. Fixed parts come first, so that provider prompt caches hit. */
export interface ModelRequest {
  system?: string;
  messages: ModelMessage[];
  tools?: ModelTool[];
  toolChoice?: ToolChoice;
  outputSchema?: OutputSchema;
  /** Refused as `provider_invalid_request` by models that cannot do it; never left out in silence. */
  outputConstraint?: OutputConstraint;
  settings?: ModelSettings;
}
