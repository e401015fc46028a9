import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { identityOf } from '../shared/instance-identity.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import { OnFirstUse } from '../shared/on-first-use.js';
import { ProviderErrors } from '../shared/provider-errors.js';
import { anthropicCapabilities } from './anthropic-capabilities.js';
import { AnthropicModel } from './anthropic-model.js';
import { AnthropicBatches } from './batches/anthropic-batches.js';
import { readAnthropicLimits } from './read-anthropic-limits.js';

const anthropicBaseUrl = 'https://api.anthropic.com';

/** What a person waits for a list of names. */
const listTimeoutMs = 10_000;

export function createAnthropicProvider(settings: ProviderSettings, { transport }: ProviderServices): ModelProvider {
  const identity = identityOf(settings, {
    id: 'anthropic',
    label: 'Anthropic',
    baseUrl: anthropicBaseUrl,
    keySetting: 'ANTHROPIC_API_KEY',
    baseUrlSetting: 'ANTHROPIC_BASE_URL',
    unreachableAdvice: 'Check the network and ANTHROPIC_BASE_URL.',
  });
  const clients = new KeyedClients(
    settings.apiKeys ?? [],
    (apiKey) =>
      new OnFirstUse(async () => {
        const { AnthropicSdk } = await import('./anthropic-sdk.js');
        return new AnthropicSdk({ apiKey, baseUrl: identity.baseUrl, transport });
      }),
  );
  return {
    id: identity.id,
    defaultModel: 'claude-haiku-4-5',
    createModel: (model) =>
      new AnthropicModel({
        id: `${identity.id}/${model}`,
        provider: identity.id,
        model,
        clients,
        capabilities: { ...anthropicCapabilities(model), ...settings.instance?.capabilities },
        errors: new ProviderErrors(identity, model, readAnthropicLimits),
        timeouts: transport.timeouts,
      }),
    createBatches: (model) =>
      new AnthropicBatches({
        provider: identity.id,
        model,
        clients,
        errors: new ProviderErrors(identity, model),
        timeouts: transport.timeouts,
      }),
    load: () => Promise.all([transport.load(), clients.of().get()]),
    listModels: async () => {
      try {
        const sdk = await clients.of().get();
        return (await sdk.listModels(listTimeoutMs)).sort();
      } catch (error) {
        throw new ProviderErrors(identity, 'any').fromThrown(error, 'request');
      }
    },
  };
}
