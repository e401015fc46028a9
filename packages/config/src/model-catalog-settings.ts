import { environment as ownEnvironment } from './environment.js';
import { listOfKeys } from './list-of-keys.js';
import { readProvidersFile } from './providers/read-providers-file.js';
import type { Environment } from './read-variable.js';
import type { ModelsSettings } from './sections/models.settings.js';
import { SettingsError } from './settings-error.js';

/**
 * The flat variables, ordered by provider as `createModelCatalog` takes them, and the providers of the providers file.
 * @throws SettingsError for a file that cannot be used, and for a name that is also given by variables
 */
export function modelCatalogSettings(models: ModelsSettings, environment: Environment = ownEnvironment) {
  const flat = {
    openai: { apiKeys: listOfKeys(models.openaiApiKey), baseUrl: models.openaiBaseUrl, api: models.openaiApi },
    anthropic: { apiKeys: listOfKeys(models.anthropicApiKey), baseUrl: models.anthropicBaseUrl },
    openrouter: {
      apiKeys: listOfKeys(models.openrouterApiKey),
      baseUrl: models.openrouterBaseUrl,
      siteUrl: models.openrouterSiteUrl,
      title: models.openrouterTitle,
    },
    ollama: { apiKeys: listOfKeys(models.ollamaApiKey), baseUrl: models.ollamaBaseUrl },
  };
  const file = models.providersFile;
  const instances = file === undefined ? [] : readProvidersFile(file, environment);
  for (const { instance } of instances) {
    const own = Object.entries(flat).find(([id]) => id === instance.id)?.[1];
    if (own !== undefined && (own.apiKeys.length > 0 || own.baseUrl !== undefined)) throw takenName(instance.id, file);
  }
  return { defaultModel: models.defaultModel, ...flat, instances };
}

function takenName(id: string, file: string | undefined): SettingsError {
  const prefix = id.toUpperCase();
  return new SettingsError([
    {
      variable: 'TROUPE_PROVIDERS_FILE',
      given: `${file}\n    The id ${id} is taken by ${prefix}_API_KEY or ${prefix}_BASE_URL.`,
      expected: 'another id, or these variables unset',
      example: `id: ${id}-2`,
    },
  ]);
}
