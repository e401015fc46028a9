import { databaseError } from '../database-error.js';
import type { Queryable, Statement } from './queryable.js';
import type { Session } from './session.js';

/** One transaction on one connection. Statements that are asked for at once run one after the other. */
export class Transaction implements Queryable {
  readonly #session: Session;
  readonly #afterCommit: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #open = true;
  #savepoints = 0;

  private constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Runs `work` and commits; its error rolls everything back. Keeps the session's connection only.
   * @throws TroupeError `database_unavailable` also when the answer to the commit is lost: it may be done.
   */
  static async run<T>(session: Session, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = new Transaction(session);
    let result: T;
    try {
      await session.command('BEGIN');
      result = await work(transaction);
      await transaction.#commit();
    } catch (error) {
      transaction.#open = false;
      // A connection that is broken is closed, and Postgres undoes what was open on it.
      if (!session.broken) await session.command('ROLLBACK').catch(() => undefined);
      throw databaseError(error);
    }
    for (const callback of transaction.#afterCommit) callback();
    return result;
  }

  /** Whether statements still become part of it. */
  get open(): boolean {
    return this.#open;
  }

  query<Row>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const rows = this.#turn.then(() => this.#session.query<Row>(statement, values));
    this.#turn = rows.catch(() => undefined);
    return rows;
  }

  /** A transaction inside of this one: its error undoes its own statements and leaves those before. */
  async nested<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    this.#savepoints += 1;
    const name = `nested_${this.#savepoints}`;
    await this.#session.command(`SAVEPOINT ${name}`);
    try {
      const result = await work(this);
      await this.#session.command(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      if (!this.#session.broken) await this.#session.command(`ROLLBACK TO SAVEPOINT ${name}`);
      throw error;
    }
  }

  /** What the world may hear of only once it is committed. */
  afterCommit(callback: () => void): void {
    this.#afterCommit.push(callback);
  }

  async #commit(): Promise<void> {
    await this.#turn;
    this.#open = false;
    const done = await this.#session.command('COMMIT');
    // Postgres answers so, and not with an error, when a statement failed before and somebody went on regardless.
    if (done !== 'COMMIT') throw new Error('A statement of the transaction had failed, so it could not be committed.');
  }
}
