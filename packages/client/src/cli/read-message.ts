import { text } from 'node:stream/consumers';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** The message of the option; `-`, or none with something piped in, means the standard input. */
export async function readMessage(option: string | undefined, { input }: Terminal): Promise<string> {
  const fromInput = option === '-' || (option === undefined && !input.isTTY);
  const message = fromInput ? (await text(input)).trim() : option;
  if (!message) throw new UsageError('There is no message. Give one with --message "...", or pipe one in.');
  return message;
}
