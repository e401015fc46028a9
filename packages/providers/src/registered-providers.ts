import { AGENT_PROVIDER } from '@troupe/contracts';
import { providerCatalog } from './catalog.js';
import type { ModelProvider, ProviderServices } from './model-provider.js';

/** A provider of your own. */
export interface ProviderRegistration {
  /** The provider part of `provider/model`: lower case letters, digits and hyphens. */
  id: string;
  /** Called once for each model catalog, with what the catalog lends every provider. */
  create(services: ProviderServices): ModelProvider;
}

const registered = new Map<string, ProviderRegistration>();

/**
 * Adds a provider to every catalog that is created afterwards; its models are named `<id>/<model>`.
 * @returns takes it out again
 * @throws Error when the id is taken or cannot be part of a model's name
 */
export function registerProvider(registration: ProviderRegistration): () => void {
  const { id } = registration;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) {
    throw new Error(`"${id}" cannot name a provider: use lower case letters, digits and hyphens.`);
  }
  refuseReserved(id);
  if (registered.has(id) || providerCatalog.some((entry) => entry.id === id)) {
    throw new Error(`There is a provider "${id}" already: choose another id.`);
  }
  registered.set(id, registration);
  return () => {
    registered.delete(id);
  };
}

/** @throws Error for an id under which no model could be reached where agents are named like models. */
export function refuseReserved(id: string): void {
  if (id !== AGENT_PROVIDER) return;
  throw new Error(`"${id}" cannot name a provider: "${id}/..." names an agent where a model is chosen.`);
}

/** Ids of those that ship and of those that were registered. */
export function providerNames(): string[] {
  return [...providerCatalog.map(({ id }) => id), ...registered.keys()];
}

export function createRegisteredProviders(services: ProviderServices): ModelProvider[] {
  return [...registered.values()].map(({ id, create }) => {
    const provider = create(services);
    if (provider.id === id) return provider;
    throw new Error(`The provider that was registered as "${id}" calls itself "${provider.id}".`);
  });
}
