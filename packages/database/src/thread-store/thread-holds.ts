import pg from 'pg';
import { CONNECT_TIMEOUT_MS, SOCKET_SETTINGS } from '../connection/connection-settings.js';
import { databaseError } from '../database-error.js';

/** Numbers of locks on threads begin with these bits; any value that nobody else uses. */
const LOCK_SEED = 7_261_002;

/**
 * Threads on which this process is at work. Each is an advisory lock on one connection of its own, so that Postgres frees
 * them all when the process dies, and nobody has to renew anything. A connection that breaks, or a pooler between that hands
 * it to others, loses them: that two do not write is up to the fence of `appendMessages`; a hold spares the second the work.
 */
export class ThreadHolds {
  readonly #url: string;
  /** Locks are the connection's, which may have the same twice; so may not this process. */
  readonly #held = new Set<string>();
  #connection: Promise<pg.Client> | undefined;
  #client: pg.Client | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * What gives the thread free, and never fails; undefined when somebody is at work on it.
   * @throws TroupeError `database_unavailable`
   */
  async hold(threadId: string): Promise<(() => Promise<void>) | undefined> {
    if (this.#held.has(threadId)) return undefined;
    this.#held.add(threadId);
    let held = false;
    try {
      const client = await this.#connect();
      held = await this.#ask(client, 'SELECT pg_try_advisory_lock(hashtextextended($1, $2)) AS done', threadId);
      return held ? () => this.#release(client, threadId) : undefined;
    } catch (error) {
      throw databaseError(error);
    } finally {
      if (!held) this.#held.delete(threadId);
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await (await connection?.catch(() => undefined))?.end();
  }

  async #release(client: pg.Client, threadId: string): Promise<void> {
    // When the connection is gone, so is the lock.
    const unlock = 'SELECT pg_advisory_unlock(hashtextextended($1, $2)) AS done';
    await this.#ask(client, unlock, threadId).catch(() => undefined);
    this.#held.delete(threadId);
  }

  /** A connection that does not answer is closed: nobody could say which locks it has. */
  async #ask(client: pg.Client, text: string, threadId: string): Promise<boolean> {
    try {
      const { rows } = await client.query<{ done: boolean }>(text, [threadId, LOCK_SEED]);
      return rows[0]?.done === true;
    } catch (error) {
      this.#forget(client);
      throw error;
    }
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) {
      this.#client = undefined;
      this.#connection = undefined;
    }
    client.end().catch(() => undefined);
  }

  async #connect(): Promise<pg.Client> {
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'thread-holds',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
      ...SOCKET_SETTINGS,
    });
    this.#client = client;
    const forget = () => this.#forget(client);
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
    } catch (error) {
      forget();
      throw error;
    }
    return client;
  }
}
