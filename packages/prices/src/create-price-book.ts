import { type ModelId, parseModelId } from '@troupe/contracts';
import type { ModelUsage, PriceBook, PricedUsage } from '@troupe/spec';
import { costByOwnPrice, findOwnPrice, type OwnPrices } from './own-prices.js';
import { PublishedPrices, publishedVersion } from './published-prices.js';
import { type Vendor, vendorsOf } from './vendor.js';

export interface PriceBookOptions {
  /**
   * Where providers are reached, by provider id, as far as that was configured. The prices of the vendor at that address
   * hold; at any other address, such as a server of one's own, no published price does.
   */
  baseUrls?: Readonly<Record<string, string | undefined>>;
  /** The operator's own; they win over published ones. */
  own?: OwnPrices;
}

/** The demo is a part of this program, and nobody is paid for it. */
const DEMO = 'demo';
/** Smaller parts of a dollar are the noise of binary fractions. */
const DECIMALS = 12;

/**
 * What calls cost: by the provider's own word where it gives one, else by the operator's prices, else by those that the
 * vendor publishes. A model that runs on hardware of one's own (Ollama, vLLM) has no price unless the operator sets one.
 */
export function createPriceBook(options: PriceBookOptions = {}): PriceBook {
  return new Prices(options);
}

class Prices implements PriceBook {
  readonly #own: OwnPrices | undefined;
  /** By provider id. */
  readonly #vendors: ReadonlyMap<string, Vendor>;
  readonly #published = new PublishedPrices();

  constructor({ baseUrls = {}, own }: PriceBookOptions) {
    this.#own = own;
    this.#vendors = vendorsOf({ baseUrls, vendors: own?.vendors ?? {} });
  }

  priceOf(id: ModelId, usage: ModelUsage, { batch = false }: { batch?: boolean } = {}): PricedUsage | undefined {
    const parsed = parseModelId(id);
    if (parsed?.provider === DEMO) return { cost: 0, priceVersion: DEMO };
    if (usage.cost !== undefined) return { cost: usage.cost, priceVersion: 'provider' };
    const own = this.#own && findOwnPrice(this.#own.prices, id);
    if (own && this.#own) return priced(costByOwnPrice(own, usage, batch), this.#own.version);
    const vendor = parsed && this.#vendors.get(parsed.provider);
    if (!parsed || !vendor) return undefined;
    return priced(this.#published.costOf(vendor, parsed.model, usage, batch), publishedVersion);
  }
}

function priced(cost: number | undefined, priceVersion: string): PricedUsage | undefined {
  return cost === undefined || !(cost >= 0) ? undefined : { cost: Number(cost.toFixed(DECIMALS)), priceVersion };
}
