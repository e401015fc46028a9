import { ChoiceSetting } from '../declare/choice-setting.js';
import { SecretSetting } from '../declare/secret-setting.js';
import { TextSetting } from '../declare/text-setting.js';
import { UrlSetting } from '../declare/url-setting.js';

const WEB = ['http:', 'https:'] as const;
const OPENAI_APIS = ['auto', 'chat', 'responses'] as const;

/** Which models answer and how their providers are reached. */
export class ModelsSettings {
  @TextSetting({
    variable: 'DEFAULT_MODEL',
    about: 'Model of agents that name none, written provider/model.',
    defaultText: 'a model of the first provider that is configured, else the demo that needs none',
    pattern: /^[^/\s]+\/\S+$/,
    expected: 'provider/model, without spaces',
    example: 'openai/gpt-4o-mini',
  })
  readonly defaultModel: string | undefined;

  @SecretSetting({
    variable: 'OPENAI_API_KEY',
    about: 'Key for `openai/...` models; several with commas between them.',
    example: 'sk-...',
  })
  readonly openaiApiKey: string | undefined;

  @UrlSetting({
    variable: 'OPENAI_BASE_URL',
    about: "OpenAI's API, or any server that speaks it; the path up to `/chat/completions`.",
    defaultText: 'https://api.openai.com/v1',
    protocols: WEB,
    example: 'http://127.0.0.1:8000/v1',
  })
  readonly openaiBaseUrl: string | undefined;

  @ChoiceSetting({
    variable: 'OPENAI_API',
    about:
      'Which API of OpenAI is used: Chat Completions, Responses, or (`auto`) Responses for reasoning models of OpenAI ' +
      'itself, whose thoughts it takes back, and Chat Completions for all others.',
    choices: OPENAI_APIS,
    example: 'chat',
  })
  readonly openaiApi: (typeof OPENAI_APIS)[number] = 'auto';

  @SecretSetting({
    variable: 'ANTHROPIC_API_KEY',
    about: 'Key for `anthropic/...` models; several with commas between them.',
    example: 'sk-ant-...',
  })
  readonly anthropicApiKey: string | undefined;

  @UrlSetting({
    variable: 'ANTHROPIC_BASE_URL',
    about: "Anthropic's API, without `/v1`.",
    defaultText: 'https://api.anthropic.com',
    protocols: WEB,
    example: 'https://proxy.example.com/anthropic',
  })
  readonly anthropicBaseUrl: string | undefined;

  @SecretSetting({
    variable: 'OPENROUTER_API_KEY',
    about: 'Key for `openrouter/...` models; several with commas between them.',
    example: 'sk-or-...',
  })
  readonly openrouterApiKey: string | undefined;

  @UrlSetting({
    variable: 'OPENROUTER_BASE_URL',
    about: "OpenRouter's API; the path up to `/chat/completions`.",
    defaultText: 'https://openrouter.ai/api/v1',
    protocols: WEB,
    example: 'https://proxy.example.com/openrouter/api/v1',
  })
  readonly openrouterBaseUrl: string | undefined;

  @UrlSetting({
    variable: 'OPENROUTER_SITE_URL',
    about: 'Address of your application, which OpenRouter shows in its rankings (`HTTP-Referer`).',
    defaultText: 'none',
    protocols: WEB,
    example: 'https://app.example.com',
  })
  readonly openrouterSiteUrl: string | undefined;

  @TextSetting({
    variable: 'OPENROUTER_TITLE',
    about: 'Name of your application, which OpenRouter shows in its rankings (`X-OpenRouter-Title`).',
    defaultText: 'none',
    pattern: /^[\x20-\x7e]+$/,
    expected: 'ASCII text, because it travels in a header',
    example: 'Acme',
  })
  readonly openrouterTitle: string | undefined;

  @UrlSetting({
    variable: 'OLLAMA_BASE_URL',
    about: 'Ollama server for `ollama/...` models, without `/api`.',
    defaultText: 'http://127.0.0.1:11434',
    protocols: WEB,
    example: 'http://gpu.example.com:11434',
  })
  readonly ollamaBaseUrl: string | undefined;

  @SecretSetting({
    variable: 'OLLAMA_API_KEY',
    about: 'Key for an Ollama server that asks for one.',
    defaultText: 'none',
    example: 'the-key-from-its-owner',
  })
  readonly ollamaApiKey: string | undefined;

  @TextSetting({
    variable: 'TROUPE_PROVIDERS_FILE',
    about:
      'YAML file that lists more providers: vLLM, LM Studio, llama.cpp, Groq, Together or any server that speaks ' +
      "OpenAI's API, and several of one kind (docs/guides/add-a-provider.md).",
    defaultText: 'none',
    pattern: /./,
    expected: 'the path of a file',
    example: './providers.yaml',
  })
  readonly providersFile: string | undefined;
}
