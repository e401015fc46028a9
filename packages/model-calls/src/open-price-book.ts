import { createPriceBook, readPricesFile } from '@troupe/prices';
import type { ModelCatalogSettings } from '@troupe/providers';
import type { PriceBook } from '@troupe/spec';

/**
 * Prices for the providers that these settings configure.
 * @param file with the operator's own prices
 * @throws Error that names the file and everything that is wrong in it
 */
export function openPriceBook(providers: ModelCatalogSettings, file: string | undefined): PriceBook {
  const { anthropic, ollama, openai, openrouter, instances = [] } = providers;
  const builtIn = { anthropic, ollama, openai, openrouter };
  const baseUrls = Object.fromEntries([
    ...Object.entries(builtIn).map(([id, settings]) => [id, settings?.baseUrl]),
    ...instances.map(({ instance, baseUrl }) => [instance.id, baseUrl]),
  ]);
  return createPriceBook({ baseUrls, ...(file !== undefined && { own: readPricesFile(file) }) });
}
