/** What a run costs the database, in statements and by process. BEGIN, COMMIT and the polls of a server at rest are not among them. */
export interface StatementsPerRun {
  what: string;
  runs: number;
  statements: Record<string, number>;
  /**
   * What the turn itself executes. Left out are titles, summaries and facts, which follow it, and the look-up of the key, which
   * comes by the clock: it is believed for some seconds, however many turns fall into them.
   */
  path: number;
  transactions: Record<string, number>;
  /** Each statement with how often a run executes it, the most frequent first. */
  texts: { process: string; sql: string; perRun: number }[];
}

/** The name of what a turn executes that lasts, unlike a burst. */
export const PACED_TURN = 'a new thread, paced over 2.2 s';
