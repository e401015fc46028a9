import type { ModelId } from './model-id.js';

/** What a request asks of its run beside the message. */
export interface RunOptions {
  /** The model that was named. The run's own is the same; here it says that no tier and no rule is to choose another. */
  model?: ModelId;
  /** One of the agent's tiers, whose model is asked whatever the rules say. */
  tier?: string;
  /** Asked in this order when the model cannot answer; absent: those of the agent. */
  fallback_models?: ModelId[];
  /** Nobody waits for the answer: limits let interactive runs pass first. */
  background?: boolean;
  /** The key that the request came with, for its budgets. */
  api_key_id?: string;
}
