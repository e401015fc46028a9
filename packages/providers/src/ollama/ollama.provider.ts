import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { identityOf } from '../shared/instance-identity.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import { ProviderErrors } from '../shared/provider-errors.js';
import { ollamaCapabilities } from './ollama-capabilities.js';
import { OllamaClient } from './ollama-client.js';
import { OllamaEmbeddingModel } from './ollama-embedding-model.js';
import { OllamaModel, type OllamaModelOptions } from './ollama-model.js';

/** What a person waits for a list of names. */
const listTimeoutMs = 10_000;

/** An Ollama server; there is no default address, since a base URL is what says that one is meant. */
export function createOllamaProvider(
  settings: ProviderSettings & { baseUrl: string },
  { transport }: ProviderServices,
): ModelProvider {
  const identity = identityOf(settings, {
    id: 'ollama',
    label: 'Ollama',
    baseUrl: settings.baseUrl,
    keySetting: 'OLLAMA_API_KEY',
    baseUrlSetting: 'OLLAMA_BASE_URL',
    unreachableAdvice: 'Start it (`ollama serve`) or correct OLLAMA_BASE_URL.',
  });
  const clients = new KeyedClients(
    settings.apiKeys ?? [],
    (apiKey) => new OllamaClient({ baseUrl: identity.baseUrl, apiKey, transport }),
  );
  const optionsOf = (model: string): OllamaModelOptions => ({
    id: `${identity.id}/${model}`,
    provider: identity.id,
    model,
    clients,
    capabilities: { ...ollamaCapabilities, ...settings.instance?.capabilities },
    errors: new ProviderErrors(identity, model),
    timeouts: transport.timeouts,
  });
  return {
    id: identity.id,
    defaultModel: 'llama3.1',
    createModel: (model) => new OllamaModel(optionsOf(model)),
    createEmbedding: (model) => new OllamaEmbeddingModel(optionsOf(model)),
    load: () => transport.load(),
    listModels: async () => {
      try {
        return await clients.of().listModels(listTimeoutMs);
      } catch (error) {
        throw new ProviderErrors(identity, 'any').fromThrown(error, 'request');
      }
    },
  };
}
