import type { ModelId } from '@troupe/contracts';
import type { ModelUsage } from '@troupe/spec';
import { partsOfInput } from './parts-of-input.js';

/** A price that an operator set, in US dollars per million tokens. */
export interface OwnPrice {
  /** `provider/model`, or the beginning of such names with one `*` at its end. */
  model: ModelId;
  input: number;
  output: number;
  /** Input that came from the provider's cache; absent: as other input. */
  cached_input?: number | undefined;
  /** Input that was written to the provider's cache; absent: as other input. */
  cache_write?: number | undefined;
  /** Input that was written there to stay for an hour; absent: as other writes. */
  cache_write_1h?: number | undefined;
  /** Output that was reasoning; absent: as other output. */
  reasoning?: number | undefined;
  /** What a batch costs, as a share of this price: 0.5 is half. Absent: not known. */
  batch?: number | undefined;
}

/** What an operator says about prices. */
export interface OwnPrices {
  /** Names this content, so that a stored cost says by which it was made. */
  version: string;
  prices: readonly OwnPrice[];
  /** Whose published prices hold for a provider, by provider id. */
  vendors: Readonly<Record<string, string>>;
}

const MILLION = 1_000_000;

/** The price for a model: the one that names it in full, else the one that names most of it. */
export function findOwnPrice(prices: readonly OwnPrice[], model: ModelId): OwnPrice | undefined {
  const exact = prices.find((price) => price.model === model);
  if (exact) return exact;
  const patterns = prices.filter((price) => price.model.endsWith('*') && model.startsWith(price.model.slice(0, -1)));
  return patterns.toSorted((a, b) => b.model.length - a.model.length)[0];
}

/** US dollars; undefined for a batch whose share nobody stated. */
export function costByOwnPrice(price: OwnPrice, usage: ModelUsage, batch: boolean): number | undefined {
  const share = batch ? price.batch : 1;
  if (share === undefined) return undefined;
  const { cached, written, writtenForLong } = partsOfInput(usage);
  const write = price.cache_write ?? price.input;
  const reasoning = Math.min(usage.reasoningTokens, usage.outputTokens);
  const input =
    (usage.inputTokens - cached - written) * price.input +
    cached * (price.cached_input ?? price.input) +
    (written - writtenForLong) * write +
    writtenForLong * (price.cache_write_1h ?? write);
  const output = (usage.outputTokens - reasoning) * price.output + reasoning * (price.reasoning ?? price.output);
  return ((input + output) / MILLION) * share;
}
