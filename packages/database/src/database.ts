import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { CONNECT_TIMEOUT_MS, connectionSettings, STATEMENT_TIMEOUT_MS } from './connection/connection-settings.js';
import { migrate } from './connection/migrate.js';
import type { Queryable, Statement } from './connection/queryable.js';
import { Session } from './connection/session.js';
import { Transaction } from './connection/transaction.js';
import { databaseError } from './database-error.js';
import { entities } from './entities/entities.js';

export type { Queryable, Statement } from './connection/queryable.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** Connections this process may hold. */
  poolSize: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** How long one statement may take, in milliseconds; 10,000 unless told otherwise. Migrations take what they need. */
  statementTimeoutMs?: number;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  onConnectionError(error: Error): void;
}

/**
 * The connection to Postgres. Statements that decide are written out in SQL; entities serve the plain lists. No statement
 * waits for ever: one that gets no connection or no answer in time fails as `database_unavailable`, and its connection is
 * closed. It may have been carried out all the same; who repeats it needs a fence or a natural key.
 */
export class Database implements Queryable {
  readonly #pool: Pool;
  readonly #url: string;
  /** The transaction of the request that is being worked on; only those that ask for one have it. */
  readonly #current = new AsyncLocalStorage<Transaction>();
  /** When those who wait for a connection began to, oldest first. */
  readonly #waiting = new Set<{ since: number }>();

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
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      entities,
      extra: connectionSettings(options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS),
    });
    try {
      await dataSource.initialize();
    } catch (error) {
      throw databaseError(error);
    }
    return new Database(dataSource, options.url);
  }

  /**
   * Applies the migrations that are missing. Processes that call it at once wait for each other.
   * @returns the names of applied migrations that this version does not know: a newer one was here before.
   */
  migrate(): Promise<string[]> {
    return migrate(this.#url);
  }

  /** Runs one statement: in the transaction of `atomically` where there is one, else on any connection. */
  async query<Row>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const current = this.#current.getStore();
    if (current?.open) return current.query(statement, values);
    const session = await this.#openSession();
    try {
      return await session.query(statement, values);
    } finally {
      session.release();
    }
  }

  /**
   * Runs `work` in one transaction; its error rolls everything back. Inside of `atomically` it becomes a part of that one,
   * which its error leaves usable.
   */
  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const current = this.#current.getStore();
    return current?.open ? current.nested(work) : this.#begin(work);
  }

  /**
   * Runs `work` with everything that it asks of this database, however deep, in one transaction. For work that was not
   * written with one in mind; what can take a `Queryable` takes `transaction`.
   */
  atomically<T>(work: () => Promise<T>): Promise<T> {
    return this.#begin((transaction) => this.#current.run(transaction, work));
  }

  /**
   * For what the world may hear of only once it is stored, such as rings and live events: after the commit of the current
   * `atomically`, never when that rolls back, and at once outside of one.
   */
  afterCommit(callback: () => void): void {
    const current = this.#current.getStore();
    if (current?.open) current.afterCommit(callback);
    else callback();
  }

  /**
   * Runs `work` outside of the current `atomically`: for what stays true when that rolls back, such as what a call has cost.
   * It must not wait for rows that the transaction has locked.
   */
  apart<T>(work: () => T): T {
    return this.#current.exit(work);
  }

  /** Whether the caller's statements are part of an `atomically`. */
  get inTransaction(): boolean {
    return this.#current.getStore()?.open ?? false;
  }

  /** How long the oldest of those who wait for a connection now has waited, in milliseconds; 0 when nobody waits. */
  get connectionWaitMs(): number {
    const [oldest] = this.#waiting;
    return oldest ? performance.now() - oldest.since : 0;
  }

  /** Connections of this process's pool, and callers that wait for one. */
  get connections(): { used: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /** Throws when Postgres does not answer. */
  async ping(): Promise<void> {
    await this.query({ name: 'ping', text: 'SELECT 1' }, []);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  async #begin<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const session = await this.#openSession();
    try {
      return await Transaction.run(session, work);
    } finally {
      session.release();
    }
  }

  async #openSession(): Promise<Session> {
    const place = { since: performance.now() };
    this.#waiting.add(place);
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw databaseError(error);
    } finally {
      this.#waiting.delete(place);
    }
    return new Session(client);
  }
}
