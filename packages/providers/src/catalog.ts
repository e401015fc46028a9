import { createAnthropicProvider } from './anthropic/anthropic.provider.js';
import { createDemoProvider } from './demo/demo.provider.js';
import type { ModelProvider, ProviderServices, ProviderSettings } from './model-provider.js';
import { createOllamaProvider } from './ollama/ollama.provider.js';
import { createOpenAiProvider } from './openai/openai.provider.js';
import { createOpenRouterProvider, type OpenRouterSettings } from './openrouter/openrouter.provider.js';

/** Settings of each provider that has any. */
export interface ProvidersSettings {
  anthropic?: ProviderSettings;
  ollama?: ProviderSettings;
  openai?: ProviderSettings;
  openrouter?: OpenRouterSettings;
}

export interface CatalogEntry {
  id: string;
  /** What an operator sets to have this provider; undefined for the demo, which needs nothing. */
  setting?: string;
  /** The provider, or undefined when its settings are absent. */
  create(settings: ProvidersSettings, services: ProviderServices): ModelProvider | undefined;
}

/** All providers, by id. A new one is a folder and a line here. */
export const providerCatalog: readonly CatalogEntry[] = [
  {
    id: 'anthropic',
    setting: 'ANTHROPIC_API_KEY',
    create: ({ anthropic }, services) =>
      isReachable(anthropic) ? createAnthropicProvider(anthropic, services) : undefined,
  },
  {
    id: 'demo',
    create: () => createDemoProvider(),
  },
  {
    id: 'ollama',
    setting: 'OLLAMA_BASE_URL',
    create: ({ ollama }, services) =>
      ollama?.baseUrl ? createOllamaProvider({ ...ollama, baseUrl: ollama.baseUrl }, services) : undefined,
  },
  {
    id: 'openai',
    setting: 'OPENAI_API_KEY',
    create: ({ openai }, services) => (isReachable(openai) ? createOpenAiProvider(openai, services) : undefined),
  },
  {
    id: 'openrouter',
    setting: 'OPENROUTER_API_KEY',
    create: ({ openrouter }, services) =>
      isReachable(openrouter) ? createOpenRouterProvider(openrouter, services) : undefined,
  },
];

/** Whose default model answers when several are configured and nobody chose: the first of these. */
export const defaultOrder = ['openai', 'anthropic', 'openrouter', 'ollama', 'demo'];

/** A key means the vendor's own service, a base URL a server that may need none. */
function isReachable(settings: ProviderSettings | undefined): settings is ProviderSettings {
  return Boolean(settings?.apiKeys?.length || settings?.baseUrl);
}
