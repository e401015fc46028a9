import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { calcPrice, type ModelPrice, type PriceCalculation } from '@pydantic/genai-prices';
import type { ModelUsage } from '@troupe/spec';
import { partsOfInput } from './parts-of-input.js';
import type { Vendor } from './vendor.js';

const PACKAGE = '@pydantic/genai-prices';

/**
 * What a batch costs, as a share of the price of single calls, where the vendor says so.
 * https://platform.openai.com/docs/guides/batch, https://docs.claude.com/en/docs/build-with-claude/batch-processing
 */
const BATCH_SHARES: Readonly<Record<string, number>> = { anthropic: 0.5, openai: 0.5 };

/** Callers may name any model, so what is kept of them is bounded. */
const MAX_KEPT_MODELS = 1_000;

/** Name and version of the package: what somebody needs who wants to know where a price came from. */
export const publishedVersion = `${PACKAGE}@${installedVersion()}`;

/** The prices that vendors publish, as the package knows them. They change only with the version of the package. */
export class PublishedPrices {
  /** Vendors with the one model that is meant, because finding it among hundreds takes longer than the sum. */
  readonly #narrowed = new Map<string, Vendor | undefined>();

  /** US dollars; undefined where the package has no price for all that was used. */
  costOf(vendor: Vendor, model: string, usage: ModelUsage, batch: boolean): number | undefined {
    const share = batch ? BATCH_SHARES[vendor.id] : 1;
    const seller = share === undefined ? undefined : this.#narrow(vendor, model);
    if (share === undefined || seller === undefined) return undefined;
    const found = calculate(seller, model, usage);
    return found && covers(found, model, usage) ? found.total_price * share : undefined;
  }

  #narrow(vendor: Vendor, model: string): Vendor | undefined {
    const key = `${vendor.id}/${model}`;
    if (this.#narrowed.has(key)) return this.#narrowed.get(key);
    const found = calcPrice({}, model, { provider: vendor });
    const narrowed = found ? { ...vendor, models: [found.model] } : undefined;
    if (this.#narrowed.size >= MAX_KEPT_MODELS) this.#narrowed.clear();
    this.#narrowed.set(key, narrowed);
    return narrowed;
  }
}

/** Our words in the package's: its input includes what was read from and written to a cache, as ours does. */
function calculate(vendor: Vendor, model: string, usage: ModelUsage): PriceCalculation | null {
  const { cached, written, writtenForLong } = partsOfInput(usage);
  const counts = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: cached,
    cache_write_tokens: written,
    // The package puts them at the price of other writes where a model has no price for them.
    ...(writtenForLong > 0 && { cache_write_1h_tokens: writtenForLong }),
    output_tokens: usage.outputTokens,
    output_reasoning_tokens: Math.min(usage.reasoningTokens, usage.outputTokens),
  };
  try {
    return calcPrice(counts, model, { provider: vendor });
  } catch {
    // It refuses counts that cannot be. The call was made all the same, and its answer must not be lost over its price.
    return null;
  }
}

/** The package counts what it has no price for as nothing. Only a model that is offered for free costs that. */
function covers({ model_price: price }: PriceCalculation, model: string, usage: ModelUsage): boolean {
  if (model.endsWith(':free')) return true;
  const has = (name: keyof ModelPrice) => price[name] !== undefined;
  return (usage.inputTokens === 0 || has('input_mtok')) && (usage.outputTokens === 0 || has('output_mtok'));
}

/** The package does not export its package.json, so it is found beside what it does export. */
function installedVersion(): string {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  const manifest: unknown = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'));
  return String((manifest as { version: unknown }).version);
}
