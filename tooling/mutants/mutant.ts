/** One protection of the product, how to take it away, and the test that must notice. */
export interface Mutant {
  /** Short and unique: `pnpm mutants fence` runs those whose name contains it. */
  name: string;
  /** What can no longer be relied on without it. */
  protects: string;
  /** The source that holds it, from the repository's root. */
  file: string;
  /** Occurs once in the file. */
  from: string;
  to: string;
  /** The file of the test, from the repository's root. */
  suite: string;
  /** The title of the test as it is written there, or the end of it. No other one is run, so that none notices by accident. */
  test: string;
}
