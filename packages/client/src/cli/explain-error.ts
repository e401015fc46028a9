import { TroupeApiError } from '../troupe-api-error.js';
import { TroupeConnectionError } from '../troupe-connection-error.js';
import type { Connection } from './connection.js';
import { UsageError } from './usage-error.js';

/** What went wrong and what to do about it, for the person at the terminal. */
export function explainError(error: unknown, connection: Connection | undefined): string {
  if (error instanceof TroupeApiError) return explainRefusal(error, connection);
  if (error instanceof TroupeConnectionError) {
    return [
      `${error.message}.`,
      'Is the server running? Start one with `npm start` in the folder of Troupe,',
      'or name another one with --url or the variable TROUPE_URL.',
    ].join('\n');
  }
  if (error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function explainRefusal(error: TroupeApiError, connection: Connection | undefined): string {
  // The detail repeats what is wrong with the fields.
  const fields = error.errors.map(({ field, message }) => `  ${field}: ${message}`);
  const lines = fields.length === 0 ? [error.detail] : [`${error.title}:`, ...fields];
  if (error.status === 401 && connection) {
    lines.push(
      connection.apiKey === undefined
        ? 'No API key was sent. Give one with --api-key or the variable TROUPE_API_KEY.'
        : 'The API key that was sent is not one of this server.',
      `A server on this machine keeps its key in the file api-key of its data folder; looked for in ${connection.keyFile}.`,
    );
  }
  if (error.requestId !== undefined) lines.push(`(${error.code}, request ${error.requestId})`);
  return lines.join('\n');
}
