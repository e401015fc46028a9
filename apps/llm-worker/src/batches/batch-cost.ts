import { estimateRequestTokens, USUAL_OUTPUT } from '@troupe/agent';
import type { ModelId } from '@troupe/contracts';
import { largestCost } from '@troupe/prices';
import type { ModelRequest, PriceBook } from '@troupe/spec';

/** What the requests of a batch may cost together at most, as far as that can be told before; null when the price is not known. */
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
    const tokens = { input: estimateRequestTokens(request), output: request.settings?.max_tokens ?? USUAL_OUTPUT };
    const cost = largestCost(this.#prices, this.#model, tokens, { batch: true });
    if (cost === undefined) this.#known = false;
    else this.#dollars += cost;
  }

  /** US dollars. */
  get amount(): number | null {
    return this.#known ? this.#dollars : null;
  }
}
