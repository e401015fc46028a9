import type { ModelsSettings } from './sections/models.settings.js';

/** The flat variables, ordered by provider as `createModelCatalog` takes them. */
export function modelCatalogSettings(models: ModelsSettings) {
  return {
    defaultModel: models.defaultModel,
    openai: { apiKey: models.openaiApiKey, baseUrl: models.openaiBaseUrl },
    anthropic: { apiKey: models.anthropicApiKey, baseUrl: models.anthropicBaseUrl },
    openrouter: {
      apiKey: models.openrouterApiKey,
      baseUrl: models.openrouterBaseUrl,
      siteUrl: models.openrouterSiteUrl,
      title: models.openrouterTitle,
    },
    ollama: { apiKey: models.ollamaApiKey, baseUrl: models.ollamaBaseUrl },
  };
}
