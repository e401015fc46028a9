import { types } from 'node:util';
import { TroupeError } from '@troupe/contracts';
import pg from 'pg';

/** How long a caller should stay away, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** Socket errors after which the server is not there. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
/**
 * The server ends the connection or has none for us: connection exceptions, shutdowns and starts, idle timeouts. 25006 is
 * what a standby says to a write: after a failover the next connection finds the new primary.
 */
const LOST_CONNECTION = /^(08...|57P0[1-5]|53300|25P0[34]|25006)$/;
/** The statement was undone and may do better the next time: a deadlock, a conflict, a lock or a statement that lasted too long. */
const UNDONE = /^(40001|40P01|55P03|57014)$/;
/** The server lacks something that only its operator can give: a full disk, memory, a broken device. */
const EXHAUSTED = /^(53100|53200|53400|58030)$/;
/** What the driver says without a code when an answer or a connection does not come in time. */
const SILENCE =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|not queryable/i;

/**
 * An error of the driver as ours where it means that Postgres cannot do its work now; any other stays as it is. All of
 * them may be tried again. Whether the statement was carried out is known only when Postgres itself refused it: after
 * a connection that broke or stayed silent it may have been committed, so who repeats it needs a fence or a natural key.
 */
export function databaseError(error: unknown): unknown {
  if (error instanceof TroupeError || !types.isNativeError(error)) return error;
  const message = explanation(error);
  if (message === undefined) return error;
  return new TroupeError({
    code: 'database_unavailable',
    fault: 'server',
    message,
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
    cause: error,
  });
}

function explanation(error: Error): string | undefined {
  const code = sqlState(error) ?? '';
  const reason = code || error.message;
  if (UNREACHABLE.test(code) || LOST_CONNECTION.test(code) || SILENCE.test(error.message)) {
    return `Postgres cannot be reached (${reason}). Check DATABASE_URL and that the server runs, then try again.`;
  }
  if (UNDONE.test(code)) return `Postgres gave the statement up (${code}) and nothing was stored. Try again.`;
  if (EXHAUSTED.test(code)) {
    return `Postgres lacks resources (${code}: ${error.message}) and nothing was stored. Its operator must look.`;
  }
  return undefined;
}

/** Whether the connection that this error came from must not be used again. */
export function breaksConnection(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || LOST_CONNECTION.test(error.code ?? '');
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the error is the breach of that unique constraint or index. */
export function violates(error: unknown, constraint: string): boolean {
  return sqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === constraint;
}
