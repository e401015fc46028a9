import { TroupeError } from '@troupe/contracts';

/** SQLSTATE classes and socket errors after which the server is not there, or not for us now. */
const UNAVAILABLE = /^(08...|57P0[1-3]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT)$/;
const UNAVAILABLE_TEXT = /connection terminated|timeout exceeded when trying to connect|timeout expired/i;

/** An error of the driver as ours where it means that Postgres cannot be reached; any other stays as it is. */
export function databaseError(error: unknown): unknown {
  if (error instanceof TroupeError || !(error instanceof Error)) return error;
  const code = sqlState(error) ?? '';
  if (!UNAVAILABLE.test(code) && !UNAVAILABLE_TEXT.test(error.message)) return error;
  return new TroupeError({
    code: 'database_unavailable',
    fault: 'server',
    message: `Postgres cannot be reached (${code || error.message}). Check DATABASE_URL and that the server runs.`,
    retryable: true,
    retryAfterMs: 1_000,
    cause: error,
  });
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the error is the breach of that unique constraint or index. */
export function violates(error: unknown, constraint: string): boolean {
  return sqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === constraint;
}
