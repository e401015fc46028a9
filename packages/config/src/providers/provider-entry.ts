/** Kinds of providers of which there may be several. */
export const PROVIDER_KINDS = ['anthropic', 'module', 'ollama', 'openai', 'openai-compatible', 'openrouter'] as const;

/** Servers of which is known in what they differ. */
export const FLAVORS = ['groq', 'llama-cpp', 'lm-studio', 'plain', 'together', 'vllm'] as const;

export const OPENAI_APIS = ['auto', 'chat', 'responses'] as const;

const STRUCTURED_OUTPUT = ['json_schema', 'strict_tool', 'constrained', 'json_object', 'prompted'] as const;

/** What may be said of a provider's models, by its name in the file. */
export interface CapabilityOverrides {
  structuredOutput?: (typeof STRUCTURED_OUTPUT)[number];
  tools?: boolean;
  toolChoice?: boolean;
  images?: boolean;
  files?: boolean;
  promptCache?: 'explicit' | 'automatic' | 'none';
  metersOutput?: 'at_admission' | 'as_written';
  metersCachedInput?: boolean;
  batches?: boolean;
  contextTokens?: number;
  maxOutputTokens?: number;
}

/** Milliseconds; see the timeouts of docs/guides/add-a-provider.md. */
export interface TimeoutOverrides {
  connectMs?: number;
  firstByteMs?: number;
  wholeAnswerMs?: number;
  idleMs?: number;
  contentIdleMs?: number;
  totalMs?: number;
}

/** One provider of the providers file, as `createModelCatalog` takes it. */
export interface ProviderEntry {
  kind: (typeof PROVIDER_KINDS)[number];
  apiKeys: string[];
  baseUrl?: string;
  flavor?: (typeof FLAVORS)[number];
  api?: (typeof OPENAI_APIS)[number];
  siteUrl?: string;
  title?: string;
  /** Absolute path. */
  module?: string;
  timeouts?: TimeoutOverrides;
  instance: {
    id: string;
    keySetting: string;
    baseUrlSetting: string;
    defaultModel?: string;
    models?: string[];
    capabilities?: CapabilityOverrides;
  };
}

type ValueKind = 'boolean' | 'count' | readonly string[];

/** Fields of `capabilities` in the file: the name of ours and what it takes. */
export const CAPABILITY_FIELDS: Record<string, [keyof CapabilityOverrides, ValueKind]> = {
  structured_output: ['structuredOutput', STRUCTURED_OUTPUT],
  tools: ['tools', 'boolean'],
  tool_choice: ['toolChoice', 'boolean'],
  images: ['images', 'boolean'],
  files: ['files', 'boolean'],
  prompt_cache: ['promptCache', ['explicit', 'automatic', 'none']],
  meters_output: ['metersOutput', ['at_admission', 'as_written']],
  meters_cached_input: ['metersCachedInput', 'boolean'],
  batches: ['batches', 'boolean'],
  context_tokens: ['contextTokens', 'count'],
  max_output_tokens: ['maxOutputTokens', 'count'],
};

/** Fields of `timeouts`, in milliseconds. */
export const TIMEOUT_FIELDS: Record<string, [keyof TimeoutOverrides, ValueKind]> = {
  connect_ms: ['connectMs', 'count'],
  first_byte_ms: ['firstByteMs', 'count'],
  whole_answer_ms: ['wholeAnswerMs', 'count'],
  idle_ms: ['idleMs', 'count'],
  content_idle_ms: ['contentIdleMs', 'count'],
  total_ms: ['totalMs', 'count'],
};
