import type { PoolClient } from 'pg';
import { breaksConnection, databaseError } from '../database-error.js';
import type { Queryable, Statement } from './queryable.js';

/** One connection, held for a statement or a transaction. A connection that broke or stayed silent is not given back. */
export class Session implements Queryable {
  readonly #client: PoolClient;
  #broken: Error | undefined;

  constructor(client: PoolClient) {
    this.#client = client;
    // Between two statements nobody else listens, and an error event without a listener ends the process.
    client.on('error', this.#onError);
  }

  /** Whether nothing more can be asked of this connection. */
  get broken(): boolean {
    return this.#broken !== undefined;
  }

  /** @throws TroupeError `database_unavailable`, and the driver's errors that mean something else. */
  async query<Row>({ name, text }: Statement, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.#client.query({ name, text, values })).rows as Row[];
    } catch (error) {
      throw this.#note(error);
    }
  }

  /** Sends a command of transactions; answers what Postgres says it did, which is ROLLBACK for a COMMIT that it cannot do. */
  async command(text: string): Promise<string> {
    try {
      return (await this.#client.query(text)).command;
    } catch (error) {
      throw this.#note(error);
    }
  }

  /** Gives the connection back to its pool, or has the pool close it. */
  release(): void {
    this.#client.off('error', this.#onError);
    this.#client.release(this.#broken);
  }

  #note(error: unknown): unknown {
    if (breaksConnection(error)) this.#broken ??= error instanceof Error ? error : new Error(String(error));
    return databaseError(error);
  }

  readonly #onError = (error: Error): void => {
    this.#broken ??= error;
  };
}
