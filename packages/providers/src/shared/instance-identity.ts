import type { ProviderSettings } from '../model-provider.js';
import type { ProviderIdentity } from './provider-errors.js';

/** Who a provider is: its kind, or one of several of that kind under its own name and with its own settings. */
export function identityOf(
  { instance, apiKeys, baseUrl }: ProviderSettings,
  kind: Omit<ProviderIdentity, 'secrets'>,
): ProviderIdentity {
  const reached = { baseUrl: baseUrl ?? kind.baseUrl, secrets: apiKeys };
  if (instance === undefined) return { ...kind, ...reached };
  const { id, keySetting, baseUrlSetting } = instance;
  return {
    ...reached,
    id,
    label: id,
    keySetting,
    baseUrlSetting,
    unreachableAdvice: `Start the server or correct ${baseUrlSetting}.`,
  };
}
