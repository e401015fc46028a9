import { Anthropic } from '@anthropic-ai/sdk';
import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { identityOf } from '../shared/instance-identity.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import { ProviderErrors } from '../shared/provider-errors.js';
import { anthropicCapabilities } from './anthropic-capabilities.js';
import { AnthropicModel, toFailure } from './anthropic-model.js';
import { AnthropicBatches } from './batches/anthropic-batches.js';
import { readAnthropicLimits } from './read-anthropic-limits.js';

const anthropicBaseUrl = 'https://api.anthropic.com';

/** The SDK's own version, 2026-10-21, refuses sampling parameters even at their defaults; this one is still served. */
const apiVersion = '2023-06-01';

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
      new Anthropic({
        apiKey,
        baseURL: identity.baseUrl,
        // The pinned version knows the key by this header; the bearer token that the SDK sends belongs to the new one.
        defaultHeaders: { 'anthropic-version': apiVersion, 'x-api-key': apiKey, Authorization: null },
        fetch: transport.fetch,
        // The worker owns retries, so that every call is limited and accounted for.
        maxRetries: 0,
        logLevel: 'off',
        openTelemetry: false,
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
    listModels: async () => {
      try {
        const names: string[] = [];
        for await (const { id } of clients.of().models.list({ limit: 1000 }, { timeout: listTimeoutMs }))
          names.push(id);
        return names.sort();
      } catch (error) {
        throw new ProviderErrors(identity, 'any').fromThrown(toFailure(error), 'request');
      }
    },
  };
}
