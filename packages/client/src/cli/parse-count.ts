import { InvalidArgumentError } from 'commander';

/** A whole number of one or more, from the command line. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number of one or more.');
  return Number(text);
}
