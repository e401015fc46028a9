import type { ModelsSettings } from './sections/models.settings.js';

/** The flat variables, ordered by provider as `createModelCatalog` takes them. */
export function modelCatalogSettings(models: ModelsSettings) {
  return {
    defaultModel: models.defaultModel,
    openai: { apiKeys: listOf(models.openaiApiKey), baseUrl: models.openaiBaseUrl },
    anthropic: { apiKeys: listOf(models.anthropicApiKey), baseUrl: models.anthropicBaseUrl },
    openrouter: {
      apiKeys: listOf(models.openrouterApiKey),
      baseUrl: models.openrouterBaseUrl,
      siteUrl: models.openrouterSiteUrl,
      title: models.openrouterTitle,
    },
    ollama: { apiKeys: listOf(models.ollamaApiKey), baseUrl: models.ollamaBaseUrl },
  };
}

/** Several keys are written with commas between them. */
function listOf(keys: string | undefined): string[] {
  return (keys ?? '').split(',').flatMap((key) => key.trim() || []);
}
