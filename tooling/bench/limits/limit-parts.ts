/** What the provider allows, and what the server is told of it. */
export const LIMITS = { rpm: 600, tpm: 60_000 } as const;

export type PartName = keyof typeof LIMITS;

/** A measurement of its own, under which one of the two limits binds. */
export interface LimitPart {
  /** The limit that binds. */
  name: PartName;
  /** Tokens that answers have, in turn, so that no call is quite what was estimated. */
  answerTokens: readonly number[];
}

export const PARTS: readonly LimitPart[] = [
  { name: 'rpm', answerTokens: [20, 40, 60] },
  { name: 'tpm', answerTokens: [80, 120, 160] },
];

/** Pace of every answer: 40 tokens take 0.6 s, 120 tokens 1 s. */
export const PACE = { delayMs: 400, tokenDelayMs: 5 };

/** How many unfinished runs each tenant is kept at: one has far more work than it can ever get done. */
export const BUSY_TENANTS = [300, 30, 30, 30] as const;
