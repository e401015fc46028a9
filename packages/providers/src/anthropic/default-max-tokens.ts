import type { ClaudeTraits } from './claude-traits.js';

/**
 * The API insists on a limit. This is what answers are allowed when nobody set one, as much as the model takes; models
 * that think unasked get as much again, since thinking counts against it.
 */
export function defaultMaxTokens(model: string, { thinksUnasked }: ClaudeTraits): number {
  if (/^claude-(instant|2|3-(opus|sonnet|haiku))/.test(model)) return 4_096;
  return thinksUnasked ? 16_384 : 8_192;
}
