import { unknownName } from '@troupe/agent';
import { nearMatches, parseModelId, TroupeError } from '@troupe/contracts';
import { createModelCatalog, providerNames } from '@troupe/providers';
import type { ChatModel } from '@troupe/spec';
import { type ReliabilityOptions, ReliableModel } from './reliable-model.js';

/** Those that ship; `registerProvider` adds others. */
export type ProviderName = 'anthropic' | 'demo' | 'ollama' | 'openai' | 'openrouter' | (string & {});

/** How a model of a provider is reached. */
export interface ProviderOptions extends ReliabilityOptions {
  /**
   * Nothing is read from the environment, so pass `process.env.OPENAI_API_KEY`. Not needed by `demo` and `ollama`, nor by
   * servers of your own that ask for none.
   */
  apiKey?: string | undefined;
  /** Address of a server that speaks the provider's API; the vendor's own unless told. */
  baseUrl?: string | undefined;
  /** Name of the model in the provider's words (`gpt-4.1`); the provider's default unless told. */
  model?: string | undefined;
  /**
   * Asked in this order when those before them cannot answer: names of models of the same provider, or models of any
   * (`getProvider`).
   */
  fallbackModels?: readonly (ChatModel | string)[];
}

/** `provider/model`, such as `openai/gpt-4.1` or `openrouter/anthropic/claude-sonnet-4`. */
export type ModelName = `${ProviderName}/${string}`;

/**
 * Which model an agent speaks with: one of a provider, by two options (`provider: 'openai', model: 'gpt-4.1'`) or by one
 * (`model: 'openai/gpt-4.1'`), or any object that is a `ChatModel`, such as what `getProvider` gives.
 */
export type ModelChoice = GivenModel | ProviderModel | NamedModel;

type GivenModel = {
  model: ChatModel;
  provider?: undefined;
  fallbackModels?: readonly ChatModel[];
} & ReliabilityOptions;
type ProviderModel = { provider: ProviderName } & ProviderOptions;
type NamedModel = { model: ModelName; provider?: undefined } & Omit<ProviderOptions, 'model'>;

/** Where Ollama listens unless it was told otherwise. */
const OLLAMA_BASE_URL = 'http://127.0.0.1:11434';

/**
 * A model of a provider, called with retries, fallbacks and limits. Make it once and give it to all agents that use it: what
 * it learns of its provider's troubles helps them all.
 *
 * Nothing is sent, and a vendor's SDK is loaded, with the first call.
 *
 * @throws TroupeError `provider_not_configured` when the provider needs a key and has none, `model_not_found` when there
 * is no such provider, `invalid_request` when a model is named twice.
 */
export function getProvider(provider: ProviderName, options: ProviderOptions = {}): ChatModel {
  return resolveModel({ provider, ...options });
}

/** As `getProvider`; a model that is given is used as it is, with the same care. @throws also `invalid_request` without one */
export function resolveModel(chosen: ModelChoice): ChatModel {
  const choice = isNamed(chosen) ? inTwoParts(chosen) : chosen;
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

/** Also what programs without types may pass: nothing at all. */
function isNamed(choice: ModelChoice): choice is NamedModel {
  const { provider, model } = choice;
  return provider === undefined && (typeof model !== 'object' || model === null);
}

/** `openai/gpt-4.1` as a provider and its model. */
function inTwoParts({ model, ...options }: NamedModel): ProviderModel {
  const parsed = typeof model === 'string' ? parseModelId(model) : undefined;
  if (parsed === undefined) throw nothingChosen(model);
  return { ...options, ...parsed };
}

function modelsOf(provider: string, { apiKey, ...given }: ProviderOptions): (model?: string) => ChatModel {
  if (!providerNames().includes(provider)) throw providerMissing(provider);
  const baseUrl = given.baseUrl ?? (provider === 'ollama' ? OLLAMA_BASE_URL : undefined);
  if (needsKey(provider) && !apiKey && !baseUrl) throw keyMissing(provider);
  const catalog = createModelCatalog({ [provider]: { apiKeys: apiKey ? [apiKey] : [], baseUrl, settingNames } });
  if (!catalog.defaultModel.startsWith(`${provider}/`) && given.model === undefined) throw modelMissing(provider);
  return (model) => catalog.resolve(model === undefined ? catalog.defaultModel : `${provider}/${model}`);
}

function needsKey(provider: string): boolean {
  return provider === 'anthropic' || provider === 'openai' || provider === 'openrouter';
}

/** What a program corrects where an operator of a server corrects its environment. */
const settingNames = { key: 'apiKey', baseUrl: 'baseUrl' };

function nothingChosen(model: unknown): TroupeError {
  const began = typeof model === 'string' ? `"${model}" names no provider.` : 'An agent needs a model.';
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `${began} Pass provider: 'openai' and model: 'gpt-4.1', or model: 'openai/gpt-4.1', or a model of getProvider().`,
  });
}

function providerMissing(provider: string): TroupeError {
  const names = providerNames();
  return new TroupeError({
    code: 'model_not_found',
    fault: 'caller',
    message: unknownName('provider', provider, names),
    details: { provider, near_matches: nearMatches(provider, names) },
  });
}

/** Of a provider that was registered. */
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
    message:
      `The provider "${provider}" needs a key, and apiKey is missing or empty. Pass apiKey: ` +
      `process.env.${provider.toUpperCase()}_API_KEY (nothing is read from the environment by itself), or baseUrl for a ` +
      "server of your own that asks for none. Without a key, provider: 'demo' answers.",
    details: { provider, setting: 'apiKey' },
  });
}
