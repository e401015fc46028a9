import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import { ProviderErrors, type ProviderIdentity } from '../shared/provider-errors.js';
import { OllamaClient } from './ollama-client.js';
import { OllamaModel } from './ollama-model.js';

/** What a person waits for a list of names. */
const listTimeoutMs = 10_000;

/** An Ollama server; there is no default address, since a base URL is what says that one is meant. */
export function createOllamaProvider(
  settings: ProviderSettings & { baseUrl: string },
  { transport }: ProviderServices,
): ModelProvider {
  const identity: ProviderIdentity = {
    id: 'ollama',
    label: 'Ollama',
    baseUrl: settings.baseUrl,
    keySetting: 'OLLAMA_API_KEY',
    baseUrlSetting: 'OLLAMA_BASE_URL',
    unreachableAdvice: 'Start it (`ollama serve`) or correct OLLAMA_BASE_URL.',
    secrets: settings.apiKeys,
  };
  const clients = new KeyedClients(
    settings.apiKeys ?? [],
    (apiKey) => new OllamaClient({ baseUrl: identity.baseUrl, apiKey, transport }),
  );
  return {
    id: identity.id,
    defaultModel: 'llama3.1',
    createModel: (model) =>
      new OllamaModel({
        id: `${identity.id}/${model}`,
        model,
        clients,
        errors: new ProviderErrors(identity, model),
        timeouts: transport.timeouts,
      }),
    listModels: async () => {
      try {
        return await clients.of().listModels(listTimeoutMs);
      } catch (error) {
        throw new ProviderErrors(identity, 'any').fromThrown(error, 'request');
      }
    },
  };
}
