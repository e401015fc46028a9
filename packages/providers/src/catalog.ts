import { createAnthropicProvider } from './anthropic/anthropic.provider.js';
import { createDemoProvider } from './demo/demo.provider.js';
import { loadProviderModule } from './load-provider-module.js';
import type { ModelProvider, ProviderInstance, ProviderServices, ProviderSettings } from './model-provider.js';
import { createOllamaProvider } from './ollama/ollama.provider.js';
import { createOpenAiProvider, type OpenAiSettings } from './openai/openai.provider.js';
import type { CompatibleFlavor } from './openai-compatible/flavors.js';
import { createOpenAiCompatibleProvider } from './openai-compatible/openai-compatible.provider.js';
import { createOpenRouterProvider, type OpenRouterSettings } from './openrouter/openrouter.provider.js';
import type { ProviderTimeouts } from './shared/provider-timeouts.js';

/** Settings of each provider that has any. */
export interface ProvidersSettings {
  anthropic?: ProviderSettings;
  ollama?: ProviderSettings;
  openai?: OpenAiSettings;
  openrouter?: OpenRouterSettings;
  /** More providers, each under a name of its own, several of one kind too. */
  instances?: readonly InstanceSettings[];
}

export type ProviderKind = 'anthropic' | 'module' | 'ollama' | 'openai' | 'openai-compatible' | 'openrouter';

/** One entry of the providers file. */
export interface InstanceSettings extends Omit<OpenAiSettings, 'instance'>, Omit<OpenRouterSettings, 'instance'> {
  kind: ProviderKind;
  instance: ProviderInstance;
  /** Of `openai-compatible` alone. */
  flavor?: CompatibleFlavor;
  /** Of `module` alone: the absolute path of a file that exports a function which creates the provider. */
  module?: string;
  /** Where they differ from those of the other providers. */
  timeouts?: Partial<ProviderTimeouts>;
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

const createKind: Record<ProviderKind, (settings: InstanceSettings, services: ProviderServices) => ModelProvider> = {
  anthropic: createAnthropicProvider,
  module: (settings, services) => loadProviderModule(settings.module ?? '')(settings, services),
  ollama: (settings, services) =>
    createOllamaProvider({ ...settings, baseUrl: settings.baseUrl ?? ollamaBaseUrl }, services),
  openai: createOpenAiProvider,
  'openai-compatible': (settings, services) =>
    createOpenAiCompatibleProvider({ ...settings, baseUrl: settings.baseUrl ?? '' }, services),
  openrouter: createOpenRouterProvider,
};

/** Where Ollama listens unless it was told otherwise. */
const ollamaBaseUrl = 'http://127.0.0.1:11434';

/** One of several providers of a kind; what its entry says of its models goes before what the kind would say. */
export function createInstance(settings: InstanceSettings, services: ProviderServices): ModelProvider {
  const provider = createKind[settings.kind](settings, services);
  const { id, models, defaultModel = models?.[0] } = settings.instance;
  if (provider.id !== id) throw new Error(`The provider "${id}" calls itself "${provider.id}".`);
  return {
    ...provider,
    ...(defaultModel !== undefined && { defaultModel }),
    ...(models !== undefined && { listModels: () => Promise.resolve([...models]) }),
  };
}

/** Whose default model answers when several are configured and nobody chose: the first of these. */
export const defaultOrder = ['openai', 'anthropic', 'openrouter', 'ollama'];

/** A key means the vendor's own service, a base URL a server that may need none. */
function isReachable<Settings extends ProviderSettings>(settings: Settings | undefined): settings is Settings {
  return Boolean(settings?.apiKeys?.length || settings?.baseUrl);
}
