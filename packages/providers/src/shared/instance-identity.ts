import type { ProviderSettings } from '../model-provider.js';
import type { ProviderIdentity } from './provider-errors.js';

/** Who a provider is: its kind, or one of several of that kind under its own name and with its own settings. */
export function identityOf(
  { instance, apiKeys, baseUrl, settingNames }: ProviderSettings,
  kind: Omit<ProviderIdentity, 'secrets'>,
): ProviderIdentity {
  const reached = { baseUrl: baseUrl ?? kind.baseUrl, secrets: apiKeys };
  if (instance === undefined) return { ...kind, ...reached, ...(settingNames && renamed(kind, settingNames)) };
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

/** The same advice, in the words of whoever has to follow it. */
function renamed(
  { baseUrlSetting, unreachableAdvice }: Omit<ProviderIdentity, 'secrets'>,
  names: NonNullable<ProviderSettings['settingNames']>,
): Partial<ProviderIdentity> {
  return {
    keySetting: names.key,
    baseUrlSetting: names.baseUrl,
    unreachableAdvice: unreachableAdvice.replaceAll(baseUrlSetting, names.baseUrl),
  };
}
