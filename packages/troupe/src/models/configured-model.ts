import { parseModelId, TroupeError } from '@troupe/contracts';
import type { NewAgentConfiguration } from '@troupe/spec';
import type { ModelChoice } from './resolve-model.js';

/**
 * A choice of a provider with the models of a configuration where it names none.
 * @throws TroupeError `invalid_request` when these are another provider's: it would have another key
 */
export function configuredModel(
  choice: ModelChoice,
  { model, fallback_models }: Pick<NewAgentConfiguration, 'model' | 'fallback_models'>,
): ModelChoice {
  if (choice.provider === undefined) return choice;
  const { provider } = choice;
  return {
    ...choice,
    model: choice.model ?? (model === undefined ? undefined : nameOf(model, provider, 'model')),
    fallbackModels: choice.fallbackModels ?? fallback_models?.map((id) => nameOf(id, provider, 'fallbackModels')),
  };
}

function nameOf(id: string, provider: string, option: string): string {
  const parsed = parseModelId(id);
  if (parsed?.provider === provider) return parsed.model;
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `The configuration names the model ${id}, and the provider is "${provider}". Pass ${option}.`,
    details: { model: id, provider },
  });
}
