import type { CassetteMiss } from './cassette-miss.js';
import type { CassetteExchange, CassetteRequest } from './recorded-exchange.js';
import type { RequestComparison } from './request-difference.js';

/** The exchanges of a cassette and which of them were replayed already. */
export class Recordings {
  readonly #exchanges: CassetteExchange[];
  readonly #used = new Set<CassetteExchange>();

  constructor(
    exchanges: readonly CassetteExchange[],
    readonly comparison: RequestComparison,
    readonly allowRepeats: boolean,
  ) {
    this.#exchanges = [...exchanges];
  }

  /** Requests that were recorded and not asked for. */
  get unused(): CassetteRequest[] {
    return this.#exchanges.filter((exchange) => !this.#used.has(exchange)).map(({ request }) => request);
  }

  /** The first answer to this request that was not replayed yet; the last one again where that is allowed. */
  take(request: CassetteRequest): CassetteExchange | undefined {
    const same = this.#exchanges.filter((exchange) => this.#distance(exchange, request) === 0);
    const next = same.find((exchange) => !this.#used.has(exchange)) ?? (this.allowRepeats ? same.at(-1) : undefined);
    if (next !== undefined) this.#used.add(next);
    return next;
  }

  /** What comes nearest: requests that are still unused before others, then the fewest differences, then the first. */
  miss(request: CassetteRequest): CassetteMiss {
    const [nearest] = this.#exchanges
      .map((exchange) => ({
        request: exchange.request,
        differences: this.comparison.differences(exchange.request, request),
        isUsed: this.#used.has(exchange),
      }))
      .sort((one, other) => rank(one) - rank(other));
    if (nearest === undefined) return { request };
    const recordings = this.#exchanges.filter((exchange) => this.#distance(exchange, request) === 0).length;
    const { differences } = nearest;
    return { request, nearest: { request: nearest.request, differences, recordings } };
  }

  #distance(exchange: CassetteExchange, request: CassetteRequest): number {
    return this.comparison.differences(exchange.request, request).length;
  }
}

/** Another address is further away than any body. */
const otherAddress = 10_000;

function rank({ differences, isUsed }: { differences: readonly { place: string }[]; isUsed: boolean }): number {
  const elsewhere = differences.filter(({ place }) => place === 'method' || place === 'path').length;
  const sameButUsed = differences.length === 0 ? -1 : 0;
  return elsewhere * otherAddress + differences.length + (isUsed ? 0.5 : 0) + sameButUsed;
}
