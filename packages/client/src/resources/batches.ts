import type { Batch, BatchItemResult, NewBatch, Page } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

const PATH = '/api/llm/batches';
/** The largest page. */
const RESULTS_AT_ONCE = 100;

/** `/api/llm/batches`: many requests that may take a day, at a lower price. */
export class BatchesResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Answers once the batch is stored. A program that may die in between gives a key of its own, to try again with. */
  create(batch: NewBatch, options: RequestOptions = {}): Promise<Batch> {
    return this.#transport.json({ method: 'POST', path: PATH, body: batch, ...options });
  }

  /** Newest first. */
  list(options: ListOptions = {}): Promise<Page<Batch>> {
    return this.#transport.json({ method: 'GET', path: PATH, query: pageQuery(options), ...options });
  }

  get(id: string, options: RequestOptions = {}): Promise<Batch> {
    return this.#transport.json({ method: 'GET', path: pathOf(id), ...options });
  }

  /** What became of each item, in the order in which they were given; `pending` until its result is stored. */
  async *results(id: string, options: RequestOptions = {}): AsyncGenerator<BatchItemResult, void> {
    let cursor: string | undefined;
    do {
      const page = await this.resultPage(id, { ...options, limit: RESULTS_AT_ONCE, ...(cursor && { cursor }) });
      yield* page.data;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  resultPage(id: string, options: ListOptions = {}): Promise<Page<BatchItemResult>> {
    const path = `${pathOf(id)}/results`;
    return this.#transport.json({ method: 'GET', path, query: pageQuery(options), ...options });
  }

  /** Asks for the end of a batch. One that is with its provider ends there, minutes later. */
  cancel(id: string, options: RequestOptions = {}): Promise<Batch> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(id)}/cancel`, ...options });
  }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
