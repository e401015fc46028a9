/** What came of validating a value. Errors are compact, one a sentence without full stop, and name their field. */
export type Verdict<T> = { valid: true; value: T } | { valid: false; errors: string[] };

/** More than a few would not help a model, and cost tokens. */
const MAX_ERRORS = 8;

/** A value that an error quotes may be long. */
const MAX_ERROR_CHARACTERS = 300;

export function refusal(errors: Iterable<string>): Verdict<never> {
  const distinct = [...new Set(errors)].slice(0, MAX_ERRORS);
  return { valid: false, errors: distinct.map((error) => error.slice(0, MAX_ERROR_CHARACTERS).toWellFormed()) };
}
