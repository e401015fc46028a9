export { createModelCatalog, type ModelCatalogSettings } from './create-model-catalog.js';
export type { ProviderSettings } from './model-provider.js';
export type { OpenRouterSettings } from './openrouter/openrouter.provider.js';
export type { ProviderTimeouts } from './shared/provider-timeouts.js';
