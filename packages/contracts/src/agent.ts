import type { AgentDefinition } from './agent-definition.js';
import type { AgentTool } from './agent-tool.js';
import type { ApprovalRule } from './approval.js';
import type { Guardrail } from './guardrail.js';
import type { Handoff } from './handoff.js';
import type { JsonObject } from './json.js';
import type { ModelId } from './model-id.js';
import type { OutputSettings } from './output-settings.js';
import type { PermissionMode } from './permission-mode.js';
import type { Routing } from './routing.js';
import type { RunLimits } from './run-limits.js';
import type { ToolUseSettings } from './tool-use.js';
import type { UntrustedContent } from './untrusted-content.js';

/** Which part of a thread the model is shown. Counts are messages; a tool call and its results stay together. */
export type MemoryStrategy =
  | { type: 'last_n'; n: number }
  | { type: 'first_last'; first: number; last: number }
  | { type: 'token_window'; max_tokens: number }
  | { type: 'summary_window'; last: number };

/** How a model answers. What is absent is as the provider does it; what a model cannot do is refused, never left out. */
export interface ModelSettings {
  /** 0 to 2: how much chance there is in the choice of words. */
  temperature?: number;
  /** 0 to 1: chooses among the likeliest words that have this much probability together. */
  top_p?: number;
  /** Output tokens of one turn. */
  max_tokens?: number;
  /** Texts before which an answer ends. */
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
export interface AgentConfiguration extends OutputSettings, ToolUseSettings {
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
  /** Agents that may take the conversation over. */
  handoffs?: Handoff[];
  /** Agents that it calls like tools. */
  agents?: AgentTool[];
  /** Which calls wait for a person; the first rule that speaks of a call decides whom and how long. Absent: none. */
  approvals?: ApprovalRule[];
  /** Names of tools that are never run, `*` for all, `effect` for those of that class. Stronger than everything else. */
  denied_tools?: string[];
  /** Absent: `default`. */
  permission_mode?: PermissionMode;
  memory: MemoryStrategy;
  /** Model turns a run may take. */
  max_turns: number;
  /** What else a run may take. */
  limits?: RunLimits;
  /** Absent: nothing is checked. */
  guardrails?: Guardrail[];
  /** Absent: text of strangers does not change what the agent's tools may do. */
  untrusted?: UntrustedContent;
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
