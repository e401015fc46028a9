import type { Page, Tenant, TenantChanges } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';
import { type ListOptions, pageQuery } from './list-options.js';

const PATH = '/api/tenants';

/** `/api/tenants`: who shares the installation, and in what proportion. For the operator. */
export class TenantsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(options: ListOptions = {}): Promise<Page<Tenant>> {
    return this.#transport.json({ method: 'GET', path: PATH, query: pageQuery(options), ...options });
  }

  get(id: string, options: RequestOptions = {}): Promise<Tenant> {
    return this.#transport.json({ method: 'GET', path: pathOf(id), ...options });
  }

  /** Changes its share of limits and workers. */
  update(id: string, changes: TenantChanges, options: RequestOptions = {}): Promise<Tenant> {
    return this.#transport.json({ method: 'PUT', path: pathOf(id), body: changes, ...options });
  }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
