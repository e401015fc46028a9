import { OpenAI } from 'openai';
import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import { ProviderErrors, type ProviderIdentity } from '../shared/provider-errors.js';
import { ChatCompletionsModel } from './chat-completions-model.js';
import { convertToOpenAiRequest } from './convert-to-openai-request.js';
import { isChatModelName } from './is-chat-model-name.js';
import { listOpenAiModels } from './list-openai-models.js';
import { openAiCapabilities } from './openai-capabilities.js';

const openAiBaseUrl = 'https://api.openai.com/v1';

/** OpenAI, and every server that speaks Chat Completions at its `baseUrl`. */
export function createOpenAiProvider(settings: ProviderSettings, { transport }: ProviderServices): ModelProvider {
  const identity: ProviderIdentity = {
    id: 'openai',
    label: 'OpenAI',
    baseUrl: settings.baseUrl ?? openAiBaseUrl,
    keySetting: 'OPENAI_API_KEY',
    baseUrlSetting: 'OPENAI_BASE_URL',
    unreachableAdvice: 'Check the network and OPENAI_BASE_URL.',
    secrets: settings.apiKeys,
  };
  // Servers without keys ignore what they are sent; the SDK insists on something.
  const clients = new KeyedClients(
    settings.apiKeys ?? [],
    (apiKey) =>
      new OpenAI({
        apiKey,
        baseURL: identity.baseUrl,
        fetch: transport.fetch,
        // The worker owns retries, so that every call is limited and accounted for.
        maxRetries: 0,
        logLevel: 'off',
      }),
  );
  return {
    id: identity.id,
    defaultModel: 'gpt-4.1-mini',
    createModel: (model) =>
      new ChatCompletionsModel({
        id: `${identity.id}/${model}`,
        model,
        clients,
        capabilities: openAiCapabilities,
        errors: new ProviderErrors(identity, model),
        timeouts: transport.timeouts,
        toBody: (request) => convertToOpenAiRequest(request, model),
        asksForUsage: true,
      }),
    listModels: async () => {
      const names = await listOpenAiModels(clients.of(), new ProviderErrors(identity, 'any'));
      return names.filter(isChatModelName);
    },
  };
}
