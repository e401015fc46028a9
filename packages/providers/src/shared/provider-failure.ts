/** A failure as a provider tells it, with a status or inside a stream. */
export interface ProviderFailure {
  /** The HTTP status, or the one that the provider's error type stands for. */
  status: number;
  message: string;
  /** The provider's own code or type, as it is. */
  code?: string;
  headers?: Headers;
}

/** Thrown by parsers for an error that a provider sends in place of an answer under HTTP 200. */
export class ReportedFailure extends Error {
  constructor(readonly failure: ProviderFailure) {
    super(failure.message);
    this.name = 'ReportedFailure';
  }
}

/** Thrown by parsers for what is not the provider's format. */
export class MalformedAnswer extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MalformedAnswer';
  }
}
