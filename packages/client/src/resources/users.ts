import type { Fact, Page } from '@troupe/contracts';
import type { Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** `/api/users`. */
export class UsersResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What is remembered about a user. */
  facts(userId: string, options: ListOptions = {}): Promise<Page<Fact>> {
    const path = `/api/users/${encodeURIComponent(userId)}/facts`;
    return this.#transport.json({ method: 'GET', path, query: pageQuery(options), ...options });
  }
}
