import { createRequire } from 'node:module';
import type { ModelProvider, ProviderInstance, ProviderServices, ProviderSettings } from './model-provider.js';

/** What a module of one's own exports as its default: one provider, called as its entry says. */
export type CreateProvider = (
  settings: ProviderSettings & { instance: ProviderInstance },
  services: ProviderServices,
) => ModelProvider;

const load = createRequire(import.meta.url);

/**
 * A provider that is no part of Troupe, from a JavaScript or TypeScript file. Loaded at once, so that a server that
 * cannot have it does not start.
 * @param path absolute
 * @throws Error that names the file, when it cannot be loaded or exports no function
 */
export function loadProviderModule(path: string): CreateProvider {
  let loaded: unknown;
  try {
    loaded = load(path);
  } catch (error) {
    throw new Error(`The provider's module ${path} cannot be loaded: ${String(error)}`, { cause: error });
  }
  const exported = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
  if (typeof exported === 'function') return exported as CreateProvider;
  throw new Error(`The provider's module ${path} must export a function as its default that creates the provider.`);
}
