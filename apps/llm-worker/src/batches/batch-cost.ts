import { estimateRequestTokens } from '@troupe/agent';
import type { ModelId } from '@troupe/contracts';
import { estimatedUsage } from '@troupe/database';
import type { ModelRequest, PriceBook } from '@troupe/spec';

/** Of a request that sets no limit. Tokens. */
const USUAL_OUTPUT = 1_024;

/** What the requests of a batch may cost together, as far as that can be told before; null when the price is not known. */
export class BatchCost {
  readonly #prices: PriceBook;
  readonly #model: ModelId;
  #dollars = 0;
  #known = true;

  constructor(prices: PriceBook, model: ModelId) {
    this.#prices = prices;
    this.#model = model;
  }

  add(request: ModelRequest): void {
    const usage = estimatedUsage(estimateRequestTokens(request), request.settings?.max_tokens ?? USUAL_OUTPUT);
    const priced = this.#prices.priceOf(this.#model, usage, { batch: true });
    if (priced === undefined) this.#known = false;
    else this.#dollars += priced.cost;
  }

  /** US dollars. */
  get amount(): number | null {
    return this.#known ? this.#dollars : null;
  }
}
