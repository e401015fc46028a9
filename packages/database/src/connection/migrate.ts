import pg from 'pg';
import { DataSource } from 'typeorm';
import { databaseError } from '../database-error.js';
import { migrations } from '../migrations/migrations.js';
import { CONNECT_TIMEOUT_MS, SOCKET_SETTINGS } from './connection-settings.js';

/** Serialises migrations of processes that start together; any number that nobody else uses. */
const MIGRATION_LOCK = 7_261_001;

/**
 * Applies the migrations that are missing. Processes that call it at once wait for each other. Has connections of its
 * own, because a migration may take as long as it needs, and so may waiting for another process's.
 * @returns the names of applied migrations that this version does not know: a newer one was here before.
 */
export async function migrate(url: string): Promise<string[]> {
  const lock = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...SOCKET_SETTINGS,
  });
  // What breaks while the migrations run is told by the next statement; an event without a listener would end the process.
  lock.on('error', () => undefined);
  const migrator = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'migrations',
    poolSize: 1,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    migrations,
    migrationsTableName: 'migrations',
    poolErrorHandler: () => undefined,
    extra: SOCKET_SETTINGS,
  });
  try {
    await lock.connect();
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrator.initialize();
    await migrator.runMigrations({ transaction: 'each' });
    const { rows } = await lock.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => name).filter((name) => !migrations.some((known) => known.name === name));
  } catch (error) {
    throw databaseError(error);
  } finally {
    if (migrator.isInitialized) await migrator.destroy();
    await lock.end();
  }
}
