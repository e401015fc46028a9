import { type CorpusFormat, describeStreamCorpora } from '@troupe/testing/model-conformance';
import { createAnthropicProvider } from './anthropic/anthropic.provider.js';
import type { ModelProvider, ProviderServices } from './model-provider.js';
import { createOllamaProvider } from './ollama/ollama.provider.js';
import { createOpenAiProvider } from './openai/openai.provider.js';
import { createOpenRouterProvider } from './openrouter/openrouter.provider.js';
import { HttpTransport } from './shared/http-transport.js';
import { defaultTimeouts } from './shared/provider-timeouts.js';
import { RecordedTransport } from './shared/recorded-transport.test-support.js';

type Create = (settings: { apiKeys: string[]; baseUrl: string }, services: ProviderServices) => ModelProvider;

const adapters: Record<CorpusFormat, Create> = {
  'anthropic-messages': createAnthropicProvider,
  'ollama-chat': createOllamaProvider,
  'openai-chat': (settings, services) => createOpenAiProvider({ ...settings, api: 'chat' }, services),
  'openai-responses': (settings, services) => createOpenAiProvider({ ...settings, api: 'responses' }, services),
  'openrouter-chat': createOpenRouterProvider,
};

const transport = new HttpTransport(defaultTimeouts);
const settings = (baseUrl: string) => ({ apiKeys: ['sk-test'], baseUrl });

for (const format of Object.keys(adapters) as CorpusFormat[]) {
  const create = adapters[format];
  describeStreamCorpora({
    format,
    createModel: (baseUrl, model) => create(settings(baseUrl), { transport }).createModel(model),
    createModelOver: (nextBody, model) =>
      create(settings('http://127.0.0.1:1'), { transport: new RecordedTransport(nextBody) }).createModel(model),
  });
}
