import 'reflect-metadata';
import pg, { type Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { databaseError } from './database-error.js';
import { entities } from './entities/entities.js';
import { Initial1700000000001 } from './migrations/0001-initial.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** Connections this process may hold. */
  poolSize: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  onConnectionError(error: Error): void;
}

/** A statement that is prepared once a connection and then only bound. The name is unique in the whole project. */
export interface Statement {
  name: string;
  text: string;
}

/** Where statements can run: the pool, or one transaction. */
export interface Queryable {
  query<Row>(statement: Statement, values: unknown[]): Promise<Row[]>;
}

/** Serialises migrations of processes that start together; any number that nobody else uses. */
const MIGRATION_LOCK = 7_261_001;

/** The connection to Postgres. Statements that decide are written out in SQL; entities serve the plain lists. */
export class Database implements Queryable {
  readonly #pool: Pool;
  readonly #url: string;

  private constructor(
    readonly dataSource: DataSource,
    url: string,
  ) {
    this.#pool = (dataSource.driver as unknown as { master: Pool }).master;
    this.#url = url;
  }

  /** @throws TroupeError `database_unavailable` */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      applicationName: options.applicationName,
      poolSize: options.poolSize,
      poolErrorHandler: options.onConnectionError,
      connectTimeoutMS: 5_000,
      entities,
      migrations: [Initial1700000000001],
      migrationsTableName: 'migrations',
      // Plans are made once a connection: planning a commit anew costs more than running it.
      extra: { keepAlive: true, options: '-c plan_cache_mode=force_generic_plan' },
    });
    try {
      await dataSource.initialize();
    } catch (error) {
      throw databaseError(error);
    }
    return new Database(dataSource, options.url);
  }

  /** Applies the migrations that are missing. Processes that call it at once wait for each other. */
  async migrate(): Promise<void> {
    // A connection of its own: one of the pool would wait for itself where the pool has only one.
    const lock = new pg.Client({ connectionString: this.#url });
    try {
      await lock.connect();
      await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await this.dataSource.runMigrations({ transaction: 'each' });
    } catch (error) {
      throw databaseError(error);
    } finally {
      await lock.end();
    }
  }

  async query<Row>(statement: Statement, values: unknown[]): Promise<Row[]> {
    try {
      const result = await this.#pool.query({ name: statement.name, text: statement.text, values });
      return result.rows as Row[];
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Runs `work` in one transaction; its error rolls everything back. */
  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw databaseError(error);
    }
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work({
        query: async <Row>(statement: Statement, values: unknown[]) =>
          (await client.query({ name: statement.name, text: statement.text, values })).rows as Row[],
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw databaseError(error);
    } finally {
      client.release(broken);
    }
  }

  /** Throws when Postgres does not answer. */
  async ping(): Promise<void> {
    await this.query({ name: 'ping', text: 'SELECT 1' }, []);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
