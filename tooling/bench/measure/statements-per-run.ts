/** What a run costs the database, in statements and by process. BEGIN, COMMIT and the polls of a server at rest are not among them. */
export interface StatementsPerRun {
  what: string;
  runs: number;
  statements: Record<string, number>;
  /**
   * What the turn itself executes. Left out are titles, summaries and facts, which follow it, and what comes by the clock,
   * however many turns fall into its time: the look-up of the key, and what is `shared`.
   */
  path: number;
  /** What a worker executes now and then for all its runs in one statement: it stores their events and keeps their leases. */
  shared: { perRun: number; perSecond: number };
  transactions: Record<string, number>;
  /** Each statement with how often a run executes it, the most frequent first. */
  texts: { process: string; sql: string; perRun: number }[];
}

/** The names of what turns execute that last, unlike a burst: of one, and of many at once. */
export const PACED_TURN = 'a new thread, paced over 2.2 s';
export const PACED_CROWD = 'the same, 50 users';
