import type { ModelProvider, ProviderServices, ProviderSettings } from '../model-provider.js';
import { identityOf } from '../shared/instance-identity.js';
import { ProviderErrors } from '../shared/provider-errors.js';
import { createOpenAiBatches } from './batches/create-openai-batches.js';
import { ChatCompletionsModel } from './chat-completions-model.js';
import { openAiDialect, openAiProxyDialect } from './chat-dialect.js';
import type { ChatTarget } from './chat-target.js';
import { chooseOpenAiApi, isOpenAiItself, type OpenAiApi } from './choose-openai-api.js';
import { convertToOpenAiRequest } from './convert-to-openai-request.js';
import { createOpenAiClients } from './create-openai-clients.js';
import { isChatModelName } from './is-chat-model-name.js';
import { listOpenAiModels } from './list-openai-models.js';
import { openAiCapabilities } from './openai-capabilities.js';
import { OpenAiEmbeddingModel, openAiBatchLimits } from './openai-embedding-model.js';
import { readOpenAiLimits } from './read-openai-limits.js';
import { ResponsesModel } from './responses/responses-model.js';
import { answersByTool } from './shape-output.js';

export interface OpenAiSettings extends ProviderSettings {
  /** Absent: `auto`. */
  api?: OpenAiApi;
}

/** OpenAI, or a server in its place at a `baseUrl`. */
export function createOpenAiProvider(settings: OpenAiSettings, { transport }: ProviderServices): ModelProvider {
  const { api = 'auto', instance } = settings;
  const identity = identityOf(settings, {
    id: 'openai',
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keySetting: 'OPENAI_API_KEY',
    baseUrlSetting: 'OPENAI_BASE_URL',
    unreachableAdvice: 'Check the network and OPENAI_BASE_URL.',
  });
  const provider = identity.id;
  const isItself = isOpenAiItself(identity.baseUrl);
  const clients = createOpenAiClients(settings.apiKeys ?? [], { baseURL: identity.baseUrl }, transport);
  const capabilities = { ...openAiCapabilities, ...instance?.capabilities };
  const { timeouts } = transport;
  return {
    id: provider,
    defaultModel: 'gpt-4.1-mini',
    createModel: (model) => {
      const id = `${provider}/${model}`;
      const errors = new ProviderErrors(identity, model, readOpenAiLimits);
      if (chooseOpenAiApi(api, model, identity.baseUrl) === 'responses') {
        return new ResponsesModel({ id, provider, model, clients, capabilities, errors, timeouts });
      }
      const dialect = isItself ? openAiDialect : openAiProxyDialect;
      const target: ChatTarget = { provider, model, dialect, capabilities };
      return new ChatCompletionsModel({
        id,
        model,
        clients,
        capabilities,
        errors,
        timeouts,
        toBody: (request) => convertToOpenAiRequest(request, target),
        asksForUsage: dialect.usageInStreams,
        answersByTool: (request) => answersByTool(request, target),
      });
    },
    createBatches: (model) =>
      createOpenAiBatches(
        chooseOpenAiApi(api, model, identity.baseUrl),
        { provider, model, dialect: isItself ? openAiDialect : openAiProxyDialect, capabilities },
        { clients, errors: new ProviderErrors(identity, model), timeouts },
      ),
    createEmbedding: (model) =>
      new OpenAiEmbeddingModel({
        id: `${provider}/${model}`,
        model,
        clients,
        errors: new ProviderErrors(identity, model, readOpenAiLimits),
        timeouts,
        limits: openAiBatchLimits,
      }),
    load: () => Promise.all([transport.load(), clients.of().get()]),
    listModels: async () => {
      const names = await listOpenAiModels(clients.of(), new ProviderErrors(identity, 'any'));
      return names.filter(isChatModelName);
    },
  };
}
