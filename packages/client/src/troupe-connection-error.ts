/** No usable answer: the server cannot be reached, the connection broke, or what came is not Troupe's format. */
export class TroupeConnectionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TroupeConnectionError';
  }
}
