import { text } from 'node:stream/consumers';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** The message as an argument or an option; `-`, or none with something piped in, means the standard input. */
export async function readMessage(
  argument: string,
  option: string | undefined,
  { input }: Pick<Terminal, 'input'>,
): Promise<string> {
  if (argument !== '' && option !== undefined) {
    throw new UsageError('There are two messages, one with --message and one without. Leave out either.');
  }
  const given = argument === '' ? option : argument;
  const fromInput = given === '-' || (given === undefined && !input.isTTY);
  const message = fromInput ? (await text(input)).trim() : given;
  if (!message)
    throw new UsageError(
      'There is no message. Write one in quotes after the command, give one with --message, or pipe one in.',
    );
  return message;
}
