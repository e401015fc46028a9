import type { Limit, LimitKey, LimitRule, LimitUsage } from '@troupe/contracts';
import type { RequestOptions, Transport } from '../transport/transport.js';

/** `/api/limits`: what providers allow. */
export class LimitsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All of them, those of a provider in the order in which they are asked. */
  async list(options: RequestOptions = {}): Promise<Limit[]> {
    return (await this.#transport.json<{ data: Limit[] }>({ method: 'GET', path: '/api/limits', ...options })).data;
  }

  /** Replaces all numbers of the limit with that key. */
  set(limit: LimitRule, options: RequestOptions = {}): Promise<Limit> {
    return this.#transport.json({ method: 'PUT', path: '/api/limits', body: limit, ...options });
  }

  /** Removes a limit that was set by API. */
  remove({ provider, model, account }: LimitKey, options: RequestOptions = {}): Promise<void> {
    const query = { provider, model, account };
    return this.#transport.done({ method: 'DELETE', path: '/api/limits', query, ...options });
  }

  /** What is left of each limit, and who waits. */
  async state(options: RequestOptions = {}): Promise<LimitUsage[]> {
    const request = { method: 'GET', path: '/api/limits/state', ...options } as const;
    return (await this.#transport.json<{ data: LimitUsage[] }>(request)).data;
  }

  /** Lifts the pause that a provider asked for. Returns the state of the limits that it concerns. */
  async forgive(key: LimitKey, options: RequestOptions = {}): Promise<LimitUsage[]> {
    const request = { method: 'POST', path: '/api/limits/forgive', body: key, ...options } as const;
    return (await this.#transport.json<{ data: LimitUsage[] }>(request)).data;
  }
}
