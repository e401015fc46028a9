import { Database } from '../database.js';
import { explainDatabaseError, UnusableDatabaseError } from './unusable-database-error.js';

export interface OpenDatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** Connections this process may hold. */
  poolSize: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  logger: { warn(facts: object, message: string): void };
  /** Shows how the pool is used. */
  metrics: ConnectionMetrics;
}

/** The part of a process's metrics that is needed here. */
export interface ConnectionMetrics {
  watch(gauge: {
    name: string;
    help: string;
    labelNames: readonly 'state'[];
    read(): Promise<{ labels: { state: string }; value: number }[]>;
  }): void;
}

/** As `server_version_num` has it. From 15 on a unique constraint can treat nulls as equal, on which budgets rely. */
const OLDEST_SERVER = 150_000;

/**
 * The connection of a server's process, with the tables as this version needs them.
 * @throws UnusableDatabaseError that says what to do about DATABASE_URL
 */
export async function openDatabase({ url, logger, metrics, ...options }: OpenDatabaseOptions): Promise<Database> {
  const database = await Database.connect({
    ...options,
    url,
    onConnectionError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  }).catch((error: unknown) => {
    throw explainDatabaseError(error, url);
  });
  try {
    await refuseOldServer(database);
    const unknown = await database.migrate();
    if (unknown.length > 0) {
      logger.warn(
        { migrations: unknown },
        'a newer version of Troupe has changed this database. During an upgrade old processes go on; else start the newer version',
      );
    }
  } catch (error) {
    await database.close();
    throw explainDatabaseError(error, url);
  }
  metrics.watch({
    name: 'troupe_database_connections',
    help: "Connections of this process's pool by state, and callers that wait for one.",
    labelNames: ['state'],
    read: async () => Object.entries(database.connections).map(([state, value]) => ({ labels: { state }, value })),
  });
  return database;
}

async function refuseOldServer(database: Database): Promise<void> {
  const [row] = await database.query<{ number: number; version: string }>(
    {
      name: 'server-version',
      text: `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
    },
    [],
  );
  if (row === undefined || row.number >= OLDEST_SERVER) return;
  throw new UnusableDatabaseError(
    `Troupe needs PostgreSQL ${OLDEST_SERVER / 10_000} or newer; the server of DATABASE_URL is ${row.version}. Upgrade it or name another one.`,
  );
}
