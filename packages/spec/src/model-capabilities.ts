/**
 * How a model can be held to a form, best first: the provider checks a JSON schema; a tool with a checked schema; a constrained
 * generator of a local server; any JSON; only by being asked.
 */
export type StructuredOutputLevel = 'json_schema' | 'strict_tool' | 'constrained' | 'json_object' | 'prompted';

/** What a model can do, as data. What is not known is assumed to be there: the provider says so itself if it is not. */
export interface ModelCapabilities {
  structuredOutput: StructuredOutputLevel;
  tools: boolean;
  toolChoice: boolean;
  images: boolean;
  files: boolean;
  /** `explicit`: parts of a request are marked. `automatic`: the provider finds repeated beginnings by itself. */
  promptCache: 'explicit' | 'automatic' | 'none';
  /** Whether the provider's limit on tokens charges the allowed output at admission, or only what was written. */
  metersOutput: 'at_admission' | 'as_written';
  /** Whether tokens read from the cache count against the provider's limit on input tokens. */
  metersCachedInput: boolean;
  batches: boolean;
  contextTokens?: number;
  maxOutputTokens?: number;
}
