import { TroupeError } from '@troupe/contracts';

/** SQLSTATEs of a first statement, and what whoever passed the connection string has to do. */
const ADVICE: Record<string, string> = {
  '28000': 'Correct the user in connectionString, or let it in (pg_hba.conf).',
  '28P01': 'Correct the password in connectionString.',
  '3D000': 'Create the database, or correct its name in connectionString.',
  '42501': 'Let the user of connectionString read and write the tables; to make them it needs CREATE on the schema.',
  '42P01': 'The tables are not there yet: pass migrate: true.',
};

/** What kept a connection from being made, in the words of `connectPostgres`; anything else as it is. */
export function connectionError(error: unknown): unknown {
  if (error instanceof TroupeError) return error.code === 'database_unavailable' ? inOurWords(error) : error;
  if (!(error instanceof Error) || !('code' in error)) return error;
  const advice = ADVICE[String(error.code)];
  if (advice === undefined) return error;
  return new TroupeError({
    code: 'database_unavailable',
    fault: 'caller',
    message: `Postgres refused the connection (${error.message}). ${advice}`,
    cause: error,
  });
}

/** Its address is an option here and no variable. */
function inOurWords({ code, fault, message, retryable, retryAfterMs, cause }: TroupeError): TroupeError {
  const told = message.replaceAll('DATABASE_URL', 'connectionString');
  return new TroupeError({ code, fault, message: told, retryable, retryAfterMs, cause });
}
