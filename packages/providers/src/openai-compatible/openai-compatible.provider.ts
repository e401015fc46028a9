import type { ModelProvider, ProviderInstance, ProviderServices, ProviderSettings } from '../model-provider.js';
import { ChatCompletionsModel } from '../openai/chat-completions-model.js';
import type { ChatTarget } from '../openai/chat-target.js';
import { convertToOpenAiRequest } from '../openai/convert-to-openai-request.js';
import { createOpenAiClients, noOpenAiAccount } from '../openai/create-openai-clients.js';
import { isChatModelName } from '../openai/is-chat-model-name.js';
import { listOpenAiModels } from '../openai/list-openai-models.js';
import { OpenAiEmbeddingModel } from '../openai/openai-embedding-model.js';
import { answersByTool } from '../openai/shape-output.js';
import { identityOf } from '../shared/instance-identity.js';
import { ProviderErrors } from '../shared/provider-errors.js';
import { type CompatibleFlavor, flavors } from './flavors.js';

export interface OpenAiCompatibleSettings extends ProviderSettings {
  baseUrl: string;
  instance: ProviderInstance;
  /** Absent: `plain`. */
  flavor?: CompatibleFlavor;
}

/** Hosted servers take so many texts at once; local ones work through them one by one and take as many. */
const batchLimits = { maxInputs: 256, maxTokens: 100_000 };

/** Any server of Chat Completions at any address, one of several, each under a name of its own. */
export function createOpenAiCompatibleProvider(
  settings: OpenAiCompatibleSettings,
  { transport }: ProviderServices,
): ModelProvider {
  const { instance, flavor = 'plain' } = settings;
  const { dialect, readLimits, ...known } = flavors[flavor];
  const { id, baseUrlSetting, keySetting } = instance;
  const identity = identityOf(settings, {
    id,
    label: id,
    baseUrl: settings.baseUrl,
    keySetting,
    baseUrlSetting,
    unreachableAdvice: `Start the server or correct ${baseUrlSetting}.`,
  });
  const clients = createOpenAiClients(
    settings.apiKeys ?? [],
    { baseURL: identity.baseUrl, ...noOpenAiAccount },
    transport,
  );
  const capabilities = { ...known.capabilities, ...instance.capabilities };
  const { timeouts } = transport;
  return {
    id,
    // Servers of one model take any name; an entry that has a better one names it.
    defaultModel: 'default',
    createModel: (model) => {
      const target: ChatTarget = { provider: id, model, dialect, capabilities };
      return new ChatCompletionsModel({
        id: `${id}/${model}`,
        model,
        clients,
        capabilities,
        errors: new ProviderErrors(identity, model, readLimits),
        timeouts,
        toBody: (request) => convertToOpenAiRequest(request, target),
        asksForUsage: dialect.usageInStreams,
        answersByTool: (request) => answersByTool(request, target),
      });
    },
    createEmbedding: (model) =>
      new OpenAiEmbeddingModel({
        id: `${id}/${model}`,
        model,
        clients,
        errors: new ProviderErrors(identity, model, readLimits),
        timeouts,
        limits: batchLimits,
      }),
    load: () => Promise.all([transport.load(), clients.of().get()]),
    listModels: async () => {
      const names = await listOpenAiModels(clients.of(), new ProviderErrors(identity, 'any'));
      return names.filter(isChatModelName);
    },
  };
}
