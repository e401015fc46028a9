/** How long one statement may take when nobody says otherwise, in milliseconds. */
export const STATEMENT_TIMEOUT_MS = 10_000;

/** How long a new connection, or one of a pool that is in use, is waited for, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Postgres gives a statement up this much earlier than the client, so that a slow one ends with a certain answer. Only
 * when the server or the network is silent does the client give up by itself, without knowing what became of it.
 */
const SERVER_SHARE = 0.9;

/** A connection on which nothing moves is probed, so that a peer that vanished is noticed within half a minute. */
const KEEPALIVE = { idleSeconds: 10, intervalSeconds: 5, probes: 3 };

/** Settings of every socket, for the driver. */
export const SOCKET_SETTINGS = {
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEPALIVE.idleSeconds * 1_000,
} as const;

/**
 * Settings of a pool's connections, for the driver. The server has limits of its own, so that what a client left behind
 * when it vanished does not keep its locks: neither a statement that runs nor a transaction that waits for the next one.
 */
export function connectionSettings(statementTimeoutMs: number) {
  const server = {
    // Plans are made once a connection: planning a commit anew costs more than running it.
    plan_cache_mode: 'force_generic_plan',
    // Statements look few rows up by their keys. A plan that was made while a table was small would read it as a whole, for as
    // long as the connection keeps the plan.
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    statement_timeout: Math.ceil(statementTimeoutMs * SERVER_SHARE),
    idle_in_transaction_session_timeout: statementTimeoutMs,
    tcp_keepalives_idle: KEEPALIVE.idleSeconds,
    tcp_keepalives_interval: KEEPALIVE.intervalSeconds,
    tcp_keepalives_count: KEEPALIVE.probes,
  };
  return {
    ...SOCKET_SETTINGS,
    query_timeout: statementTimeoutMs,
    options: Object.entries(server)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
}
