import type { Fact } from '@troupe/contracts';
import type { NewFact, UserMemoryStore } from '@troupe/spec';
import type { Queryable } from '../database.js';
import { forgetFact, listFacts, readFact, setFact } from './facts.js';

/** More facts than a prompt could hold. */
const ALL = 10_000;

/** What is remembered about the users of a tenant, in the rows that a server has, too. */
export class PostgresUserMemoryStore implements UserMemoryStore {
  readonly #database: Queryable;
  readonly #tenantId: string;

  constructor({ database, tenantId }: { database: Queryable; tenantId: string }) {
    this.#database = database;
    this.#tenantId = tenantId;
  }

  list(userId: string): Promise<Fact[]> {
    return listFacts(this.#database, { tenantId: this.#tenantId, userId }, { after: null, limit: ALL });
  }

  get(userId: string, key: string): Promise<Fact | undefined> {
    return readFact(this.#database, { tenantId: this.#tenantId, userId }, key);
  }

  set(userId: string, { key, value, category = null }: NewFact): Promise<Fact> {
    return setFact(this.#database, { tenantId: this.#tenantId, userId }, { key, value, category });
  }

  forget(userId: string, key: string): Promise<boolean> {
    return forgetFact(this.#database, { tenantId: this.#tenantId, userId }, key);
  }
}
