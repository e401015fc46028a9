/**
 * What one run may take, all its model calls together: those of corrections, retries and fallbacks too. Every limit that
 * is there holds. They are looked at before each call with its estimate, and after it with what it used.
 */
export interface RunLimits {
  /** Model turns. */
  max_turns?: number;
  /** Requests to models, answered or not. */
  max_requests?: number;
  /** Tokens of input and output. */
  max_total_tokens?: number;
  /** Tokens of output, reasoning included. */
  max_output_tokens?: number;
  /** US dollars. Nothing is sent to a model whose price nobody knows. */
  max_cost_usd?: number;
  /** Calls of tools that are made. */
  max_tool_calls?: number;
}
