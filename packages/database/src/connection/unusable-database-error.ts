import { types } from 'node:util';

/** A process cannot start on the database of DATABASE_URL; the message is for the operator and there is no stack to show. */
export class UnusableDatabaseError extends Error {
  override readonly name = 'UnusableDatabaseError';

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/** Each condition by its code (errcodes.h, Node, OpenSSL) or by the driver's words, and what to do about it. */
const ADVICE: readonly { when: RegExp; say: (place: Place) => string }[] = [
  {
    when: /^(ENOTFOUND|EAI_AGAIN)$/,
    say: ({ host }) => `There is no host ${host}. Check the host in DATABASE_URL.`,
  },
  {
    when: /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)$|connection timeout|timeout expired|terminated/i,
    say: ({ host, port }) =>
      `Nothing that answers like Postgres is at ${host}:${port}. Check that it runs, listens on that address, and that no firewall is between.`,
  },
  {
    when: /no pg_hba\.conf entry.*no encryption/i,
    say: () =>
      'The server demands TLS: add sslmode=verify-full to DATABASE_URL (sslmode=no-verify trusts any certificate).',
  },
  {
    when: /^(28P01|28000)$/,
    say: ({ user }) => `Postgres refuses the user ${user}. Check the user and the password in DATABASE_URL.`,
  },
  {
    when: /^3D000$/,
    say: ({ database, user }) =>
      `There is no database ${database}. Create it (createdb -O ${user} ${database}) or name another one in DATABASE_URL.`,
  },
  {
    when: /does not support SSL/i,
    say: () => 'The server has no TLS. Take sslmode out of DATABASE_URL, or switch TLS on at the server.',
  },
  {
    when: /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID)$/,
    say: () =>
      "The server's certificate is not trusted. Name its authority with sslrootcert=/path/to/ca.pem in DATABASE_URL; sslmode=no-verify trusts any.",
  },
  {
    when: /^42501$/,
    say: ({ database, user }) =>
      `The user ${user} may not create tables. Make it the owner: ALTER DATABASE ${database} OWNER TO ${user}.`,
  },
  {
    when: /unsupported startup parameter/i,
    say: () =>
      'A pooler stands in between that does not pass settings on. Connect to Postgres itself: each process keeps few connections (DATABASE_POOL_SIZE).',
  },
  {
    when: /^53300$/,
    say: () => 'The server has no connection left. Raise its max_connections, or lower DATABASE_POOL_SIZE.',
  },
];

interface Place {
  host: string;
  port: string;
  user: string;
  database: string;
}

/** An error of the first connection or of the migrations as one that says what to do; any other stays as it is. */
export function explainDatabaseError(error: unknown, url: string): unknown {
  const chain = [...causesOf(error)];
  for (const { when, say } of ADVICE) {
    const found = chain.find(({ code, message }) => when.test(code) || when.test(message));
    if (found) return new UnusableDatabaseError(`${say(placeOf(url))} (${found.message || found.code})`);
  }
  return error;
}

function* causesOf(error: unknown): Generator<{ code: string; message: string }> {
  for (let current = error; types.isNativeError(current); current = (current as Error).cause) {
    yield { code: 'code' in current ? String(current.code) : '', message: current.message };
  }
}

/** Never the password. */
function placeOf(url: string): Place {
  const { hostname, port, username, pathname } = new URL(url);
  const user = decodeURIComponent(username) || 'of the environment';
  return { host: hostname, port: port || '5432', user, database: decodeURIComponent(pathname.slice(1)) || user };
}
