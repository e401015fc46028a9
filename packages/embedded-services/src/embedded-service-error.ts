/** A service that could not be started; the message says what to do and is meant to be shown to the operator as it is. */
export class EmbeddedServiceError extends Error {
  override readonly name = 'EmbeddedServiceError';
}
