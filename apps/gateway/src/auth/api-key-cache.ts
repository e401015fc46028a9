import { hash } from 'node:crypto';
import { type ApiKeyOwner, type Database, findApiKey } from '@troupe/database';

/** How long an answer is believed, in milliseconds: so long a revoked key may still work. */
const BELIEVED_MS = 5_000;
/** Answers that are kept; when there are more, all are forgotten, so that a flood of wrong keys costs no memory. */
const MAX_ANSWERS = 10_000;

interface Answer {
  owner: Promise<ApiKeyOwner | undefined>;
  until: number;
}

/** Who owns a key, asked of the database at most every few seconds. Keys themselves are not kept, only their hashes. */
export class ApiKeyCache {
  readonly #database: Database;
  readonly #answers = new Map<string, Answer>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Undefined when the key is unknown, revoked or expired. */
  owner(key: string): Promise<ApiKeyOwner | undefined> {
    const keyHash = hash('sha256', key, 'base64');
    const known = this.#answers.get(keyHash);
    if (known && known.until > performance.now()) return known.owner;
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    const owner = findApiKey(this.#database, key);
    this.#answers.set(keyHash, { owner, until: performance.now() + BELIEVED_MS });
    owner.catch(() => this.#answers.delete(keyHash));
    return owner;
  }
}
