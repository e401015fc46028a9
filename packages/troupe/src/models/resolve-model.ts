import { TroupeError } from '@troupe/contracts';
import { createModelCatalog } from '@troupe/providers';
import type { ChatModel } from '@troupe/spec';
import { type ReliabilityOptions, ReliableModel } from './reliable-model.js';

/** Those that ship; `registerProvider` adds others. */
export type ProviderName = 'anthropic' | 'demo' | 'ollama' | 'openai' | 'openrouter' | (string & {});

export interface ProviderOptions extends ReliabilityOptions {
  /** Not needed by `demo` and `ollama`, nor by servers of your own that ask for none. */
  apiKey?: string;
  /** Address of a server that speaks the provider's API; the vendor's own unless told. */
  baseUrl?: string;
  /** Name of the model in the provider's words; the provider's default unless told. */
  model?: string;
  /**
   * Asked in this order when those before them cannot answer: names of models of the same provider, or models of any
   * (`getProvider`).
   */
  fallbackModels?: readonly (ChatModel | string)[];
}

/** Which model an agent speaks with: any object that is a ChatModel, or one of a provider. */
export type ModelChoice =
  | ({ model: ChatModel; provider?: undefined; fallbackModels?: readonly ChatModel[] } & ReliabilityOptions)
  | ({ provider: ProviderName } & ProviderOptions);

/** Where Ollama listens unless it was told otherwise. */
const OLLAMA_BASE_URL = 'http://127.0.0.1:11434';

/**
 * A model of a provider, called with retries, fallbacks and limits. Make it once and give it to all agents that use it: what
 * it learns of its provider's troubles helps them all.
 *
 * @throws TroupeError `provider_not_configured` when the provider needs a key and has none, `model_not_found` when there
 * is no such provider, `invalid_request` when a model is named twice.
 */
export function getProvider(provider: ProviderName, options: ProviderOptions = {}): ChatModel {
  return resolveModel({ provider, ...options });
}

/** As `getProvider`; a model that is given is used as it is, with the same care. */
export function resolveModel(choice: ModelChoice): ChatModel {
  const { limiter, retries, maxWaitMs } = choice;
  const reliability = { limiter, retries, maxWaitMs };
  if (choice.provider === undefined) {
    const { model, fallbackModels } = choice;
    const isPlain = !fallbackModels && Object.values(reliability).every((value) => value === undefined);
    // Its troubles are remembered by whoever made it.
    if (model instanceof ReliableModel && isPlain) return model;
    return new ReliableModel({ model, fallbackModels, ...reliability });
  }
  const resolve = modelsOf(choice.provider, choice);
  const fallbackModels = choice.fallbackModels?.map((model) => (typeof model === 'string' ? resolve(model) : model));
  return new ReliableModel({ model: resolve(choice.model), fallbackModels, ...reliability });
}

function modelsOf(provider: string, { apiKey, ...given }: ProviderOptions): (model?: string) => ChatModel {
  const baseUrl = given.baseUrl ?? (provider === 'ollama' ? OLLAMA_BASE_URL : undefined);
  if (needsKey(provider) && !apiKey && !baseUrl) throw keyMissing(provider);
  const catalog = createModelCatalog({ [provider]: { apiKeys: apiKey ? [apiKey] : [], baseUrl } });
  if (!catalog.defaultModel.startsWith(`${provider}/`) && given.model === undefined) throw modelMissing(provider);
  return (model) => catalog.resolve(model === undefined ? catalog.defaultModel : `${provider}/${model}`);
}

function needsKey(provider: string): boolean {
  return provider === 'anthropic' || provider === 'openai' || provider === 'openrouter';
}

/** Of a provider that was registered, or of none. */
function modelMissing(provider: string): TroupeError {
  return new TroupeError({
    code: 'model_not_found',
    fault: 'caller',
    message: `No model of "${provider}" was named, and it has no default. Pass model.`,
    details: { provider },
  });
}

function keyMissing(provider: string): TroupeError {
  return new TroupeError({
    code: 'provider_not_configured',
    fault: 'caller',
    message: `The provider "${provider}" needs a key. Pass apiKey, or baseUrl for a server of your own that asks for none.`,
    details: { provider, setting: 'apiKey' },
  });
}
