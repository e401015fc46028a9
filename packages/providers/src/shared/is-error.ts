/** An error of any realm: test runners and worker contexts have an `Error` class of their own. */
export function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
