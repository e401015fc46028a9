/** One request as the provider saw it. */
export interface ProviderCall {
  number: number;
  /** Milliseconds since 1970. */
  at: number;
  endedAt: number;
  /** Of the load; undefined for titles, summaries and facts. */
  case?: string;
  /** Model turns of the run that the request shows as done. */
  turn: number;
  outcome: string;
  status?: number;
  tokensEmitted: number;
  inputTokens: number;
  outputTokens: number;
  /** The fault that it met, as it was ordered. */
  fault?: number;
}
