import type { JsonObject } from './json.js';
import type { StepRoute } from './routing.js';
import type { Usage } from './usage.js';

export type EffectClass = 'read' | 'idempotent' | 'effect';

export type ToolCallState = 'awaiting' | 'prepared' | 'dispatched' | 'completed' | 'failed' | 'unknown' | 'cancelled';

/** One execution of a tool, asked for by a model turn. */
export interface ToolCall {
  id: string;
  run_id: string;
  step: number;
  index: number;
  name: string;
  arguments: JsonObject;
  effect: EffectClass;
  state: ToolCallState;
  result: string | null;
  created_at: string;
  finished_at: string | null;
}

/** One model turn or one tool round inside a run. */
export interface RunStep {
  run_id: string;
  index: number;
  kind: 'model' | 'tools';
  attempt: number;
  model: string | null;
  finish_reason: string | null;
  usage: Usage | null;
  /** Why this model answered; null where there was no choice. */
  route: StepRoute | null;
  tool_calls: ToolCall[];
  started_at: string;
  finished_at: string;
}
