import type { LlmSimulator } from '@troupe/testing';

/** The settings that send every provider's calls to the simulator. */
export function providerSettings({ baseUrls }: LlmSimulator): Record<string, string> {
  return {
    DEFAULT_MODEL: 'openai/gpt-4o-mini',
    OPENAI_BASE_URL: baseUrls.openai,
    OPENAI_API_KEY: 'sk-openai',
    ANTHROPIC_BASE_URL: baseUrls.anthropic,
    ANTHROPIC_API_KEY: 'sk-ant',
    OPENROUTER_BASE_URL: baseUrls.openrouter,
    OPENROUTER_API_KEY: 'sk-or',
    OPENROUTER_SITE_URL: 'https://app.example.com',
    OPENROUTER_TITLE: 'Acme',
    OLLAMA_BASE_URL: baseUrls.ollama,
  };
}
