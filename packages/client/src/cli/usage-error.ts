/** The command line was used in a way that cannot work; the message says how it is used. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
