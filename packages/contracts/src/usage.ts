/** Tokens of one model call or a sum of them. `input_tokens` includes cached ones, `output_tokens` includes reasoning. */
export interface Usage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  cached_input_tokens: number;
  reasoning_tokens: number;
  /** US dollars; null when the price of any of it is not known. */
  cost: number | null;
}
