import { TroupeError } from '@troupe/contracts';
import { createModelCatalog } from '@troupe/providers';
import type { ChatModel } from '@troupe/spec';

/** Which model an agent speaks with: any object that is a ChatModel, or one of a provider. */
export type ModelChoice =
  | { model: ChatModel; provider?: undefined }
  | {
      provider: 'anthropic' | 'demo' | 'ollama' | 'openai' | 'openrouter';
      /** Not needed by `demo` and `ollama`, nor by servers of your own that ask for none. */
      apiKey?: string;
      /** Address of a server that speaks the provider's API; the vendor's own unless told. */
      baseUrl?: string;
      /** Name of the model in the provider's words; the provider's default unless told. */
      model?: string;
    };

/** Where Ollama listens unless it was told otherwise. */
const OLLAMA_BASE_URL = 'http://127.0.0.1:11434';

/**
 * @throws TroupeError `provider_not_configured` when the provider needs a key and has none, `model_not_found` when there
 * is no such provider.
 */
export function resolveModel(choice: ModelChoice): ChatModel {
  if (choice.provider === undefined) return choice.model;
  const { provider, apiKey, model } = choice;
  const baseUrl = choice.baseUrl ?? (provider === 'ollama' ? OLLAMA_BASE_URL : undefined);
  if (needsKey(provider) && !apiKey && !baseUrl) throw keyMissing(provider);
  const catalog = createModelCatalog({ [provider]: { apiKeys: apiKey ? [apiKey] : [], baseUrl } });
  return catalog.resolve(model === undefined ? catalog.defaultModel : `${provider}/${model}`);
}

function needsKey(provider: string): boolean {
  return provider === 'anthropic' || provider === 'openai' || provider === 'openrouter';
}

function keyMissing(provider: string): TroupeError {
  return new TroupeError({
    code: 'provider_not_configured',
    fault: 'caller',
    message: `The provider "${provider}" needs a key. Pass apiKey, or baseUrl for a server of your own that asks for none.`,
    details: { provider, setting: 'apiKey' },
  });
}
