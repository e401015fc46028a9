import type { Budget, BudgetChanges, NewBudget, Page } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

const PATH = '/api/budgets';

/** `/api/budgets`: what calls may cost. For an admin key. */
export class BudgetsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** With what is left of each; newest first. */
  list(options: ListOptions = {}): Promise<Page<Budget>> {
    return this.#transport.json({ method: 'GET', path: PATH, query: pageQuery(options), ...options });
  }

  create(budget: NewBudget, options: RequestOptions = {}): Promise<Budget> {
    return this.#transport.json({ method: 'POST', path: PATH, body: budget, ...options });
  }

  get(id: string, options: RequestOptions = {}): Promise<Budget> {
    return this.#transport.json({ method: 'GET', path: pathOf(id), ...options });
  }

  update(id: string, changes: BudgetChanges, options: RequestOptions = {}): Promise<Budget> {
    return this.#transport.json({ method: 'PATCH', path: pathOf(id), body: changes, ...options });
  }

  delete(id: string, options: RequestOptions = {}): Promise<void> {
    return this.#transport.done({ method: 'DELETE', path: pathOf(id), ...options });
  }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
