import { types } from 'node:util';
import { stdSerializers } from 'pino';

/**
 * What of an error is logged: type, message and stack with those of its causes, and the plain values beside them, such as a code.
 * Drivers hang whole clients on their errors, with every statement and socket they know; those stay out, and so does what
 * Postgres tells of the row that it refused: that is what somebody said.
 */
export function errorFields(error: unknown): unknown {
  if (!types.isNativeError(error)) return error;
  const fields = Object.entries(stdSerializers.err(error)).filter(
    ([name, value]) => name !== 'detail' && isPlain(value),
  );
  return Object.fromEntries(fields);
}

function isPlain(value: unknown): boolean {
  return value !== null && ['string', 'number', 'boolean'].includes(typeof value);
}
