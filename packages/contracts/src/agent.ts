import type { AgentDefinition } from './agent-definition.js';
import type { JsonObject } from './json.js';
import type { ModelId } from './model-id.js';
import type { Routing } from './routing.js';

/** Which part of a thread the model is shown. Counts are messages; a tool call and its results stay together. */
export type MemoryStrategy =
  | { type: 'last_n'; n: number }
  | { type: 'first_last'; first: number; last: number }
  | { type: 'token_window'; max_tokens: number }
  | { type: 'summary_window'; last: number };

export interface ModelSettings {
  temperature?: number;
  top_p?: number;
  /** Output tokens of one turn. */
  max_tokens?: number;
  stop?: string[];
  /** How much a reasoning model thinks. Absent: as the provider does it. */
  reasoning?: ReasoningSettings;
  /** How long the beginning of a request stays in the provider's cache; `off`: not at all. Absent: `5m` where it costs nothing. */
  prompt_cache?: '5m' | '1h' | 'off';
  /** Of one provider alone, by its id, in its own words: `{"ollama": {"num_ctx": 16384}}`. Added to the request as they are. */
  provider_options?: Record<string, JsonObject>;
}

export interface ReasoningSettings {
  effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high';
  /** Tokens that may be thought. */
  max_tokens?: number;
}

/** Everything a run needs to know of an agent; one immutable version of it. */
export interface AgentConfiguration {
  name: string;
  description?: string;
  definition: AgentDefinition;
  /** Absent: the server's default model. */
  model?: ModelId;
  /** Asked in this order when those before them cannot answer. */
  fallback_models?: ModelId[];
  /** Chooses among several models; absent: every request goes to `model`. */
  routing?: Routing;
  /** What becomes of a step whose answer broke off after its first words: default `restart`. */
  on_interruption?: 'restart' | 'fail';
  model_settings?: ModelSettings;
  /** Names of tools. */
  tools: string[];
  memory: MemoryStrategy;
  /** Model turns a run may take. */
  max_turns: number;
}

export interface Agent extends AgentConfiguration {
  id: string;
  slug: string;
  version: number;
  /** What the definition compiles to. */
  system_prompt: string;
  created_at: string;
  updated_at: string;
}
