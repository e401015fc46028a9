import type { Message, Page } from '@troupe/contracts';
import type { Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

/** `/api/threads`. */
export class ThreadsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  messages(threadId: string, options: ListOptions = {}): Promise<Page<Message>> {
    const path = `/api/threads/${encodeURIComponent(threadId)}/messages`;
    return this.#transport.json({ method: 'GET', path, query: pageQuery(options), ...options });
  }
}
