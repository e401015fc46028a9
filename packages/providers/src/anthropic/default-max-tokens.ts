/** The API insists on a limit. This is what answers are allowed when nobody set one, as much as the model takes. */
export function defaultMaxTokens(model: string): number {
  return /^claude-(instant|2|3-(opus|sonnet|haiku))/.test(model) ? 4_096 : 8_192;
}
