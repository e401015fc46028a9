import type { JsonValue } from '@troupe/contracts';
import { invalidArgument } from './invalid-argument.js';

/** A value as JSON keeps it. @throws TroupeError `invalid_request` where it keeps nothing of it */
export function asJson(value: unknown, what: string): JsonValue {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw invalidArgument(`${what} cannot become JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (text === undefined) throw invalidArgument(`${what} cannot become JSON: it is ${typeof value}.`);
  return JSON.parse(text);
}
