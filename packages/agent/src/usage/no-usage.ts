import type { Usage } from '@troupe/contracts';

/** Of a run that asked no model. */
export const NO_USAGE: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: null,
};
