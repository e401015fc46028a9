/** One protection of the product, and how to take it away. */
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
  /** The tests that must notice: paths as Jest takes them. */
  tests: string[];
}
