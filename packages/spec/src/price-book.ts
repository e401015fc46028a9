import type { ModelId } from '@troupe/contracts';
import type { ModelUsage } from './model-response.js';

export interface PricedUsage {
  /** US dollars. */
  cost: number;
  /** Which prices: the table's name and version, or `provider` where the provider stated the cost itself. */
  priceVersion: string;
}

/** What calls cost. */
export interface PriceBook {
  /** Undefined when the price of the model is not known: never a guess, never 0. */
  priceOf(model: ModelId, usage: ModelUsage, options?: { batch?: boolean }): PricedUsage | undefined;
}
