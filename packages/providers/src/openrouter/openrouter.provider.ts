import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { ChatCompletionsModel } from '../openai/chat-completions-model.js';
import { createOpenAiClients, noOpenAiAccount } from '../openai/create-openai-clients.js';
import { listOpenAiModels } from '../openai/list-openai-models.js';
import { OpenAiEmbeddingModel, openAiBatchLimits } from '../openai/openai-embedding-model.js';
import { identityOf } from '../shared/instance-identity.js';
import { ProviderErrors } from '../shared/provider-errors.js';
import { convertToOpenRouterRequest } from './convert-to-openrouter-request.js';
import { openRouterCapabilities } from './openrouter-capabilities.js';
import { readOpenRouterLimits } from './read-openrouter-limits.js';
import { ReasoningDetailsEnvelope } from './reasoning-details-envelope.js';

const openRouterBaseUrl = 'https://openrouter.ai/api/v1';

export interface OpenRouterSettings extends ProviderSettings {
  /** Address of the application, which OpenRouter shows in its rankings. */
  siteUrl?: string;
  /** Name of the application, likewise. ASCII. */
  title?: string;
}

/** OpenRouter: Chat Completions with its own headers, reasoning envelopes, costs, and errors inside streams. */
export function createOpenRouterProvider(settings: OpenRouterSettings, { transport }: ProviderServices): ModelProvider {
  const identity = identityOf(settings, {
    id: 'openrouter',
    label: 'OpenRouter',
    baseUrl: openRouterBaseUrl,
    keySetting: 'OPENROUTER_API_KEY',
    baseUrlSetting: 'OPENROUTER_BASE_URL',
    unreachableAdvice: 'Check the network and OPENROUTER_BASE_URL.',
  });
  const defaultHeaders = {
    ...(settings.siteUrl !== undefined && { 'HTTP-Referer': settings.siteUrl }),
    ...(settings.title !== undefined && { 'X-OpenRouter-Title': settings.title }),
  };
  const clients = createOpenAiClients(
    settings.apiKeys ?? [],
    { baseURL: identity.baseUrl, ...noOpenAiAccount, defaultHeaders },
    transport,
  );
  return {
    id: identity.id,
    defaultModel: 'openai/gpt-4.1-mini',
    createModel: (model) =>
      new ChatCompletionsModel({
        id: `${identity.id}/${model}`,
        model,
        clients,
        capabilities: { ...openRouterCapabilities(model), ...settings.instance?.capabilities },
        errors: new ProviderErrors(identity, model, readOpenRouterLimits),
        timeouts: transport.timeouts,
        toBody: (request) => convertToOpenRouterRequest(request, model, identity.id),
        asksForUsage: false,
        newEnvelope: () => new ReasoningDetailsEnvelope(model, identity.id),
      }),
    createEmbedding: (model) =>
      new OpenAiEmbeddingModel({
        id: `${identity.id}/${model}`,
        model,
        clients,
        errors: new ProviderErrors(identity, model, readOpenRouterLimits),
        timeouts: transport.timeouts,
        limits: openAiBatchLimits,
      }),
    load: () => Promise.all([transport.load(), clients.of().get()]),
    listModels: () => listOpenAiModels(clients.of(), new ProviderErrors(identity, 'any')),
  };
}
