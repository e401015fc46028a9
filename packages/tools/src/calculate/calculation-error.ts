/** What is wrong with an expression, and where: position 1 is its first character. */
export class CalculationError extends Error {
  constructor(message: string, position?: number) {
    super(position === undefined ? message : `${message} at position ${position}`);
    this.name = 'CalculationError';
  }
}
