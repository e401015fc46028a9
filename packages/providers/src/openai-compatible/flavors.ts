import type { ModelCapabilities } from '@troupe/spec';
import type { ChatDialect } from '../openai/chat-dialect.js';
import type { LimitReader } from '../shared/limit-feedback.js';
import { readGroqLimits } from './read-groq-limits.js';

/** Servers that are known to speak Chat Completions in their own way; `plain` is any other. */
export type CompatibleFlavor = 'groq' | 'llama-cpp' | 'lm-studio' | 'plain' | 'together' | 'vllm';

/** What is known of a server, as data. An entry of the providers file may know better. */
export interface FlavorTraits {
  dialect: ChatDialect;
  capabilities: ModelCapabilities;
  /** What its headers say of its limits beside `Retry-After`. */
  readLimits: LimitReader;
}

const plainDialect: ChatDialect = {
  maxTokensField: 'max_tokens',
  usageInStreams: true,
  strictTools: false,
  toolChoiceByName: true,
  schemaBesideTools: true,
  namesTellAbilities: false,
  developerRole: false,
  promptCacheKey: false,
};

const plainCapabilities: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: false,
  promptCache: 'none',
  metersOutput: 'as_written',
  metersCachedInput: true,
  batches: false,
};

const saysNothing: LimitReader = () => ({});

/** From what the servers' documentation says; none of it was tried against the servers themselves. */
export const flavors: Record<CompatibleFlavor, FlavorTraits> = {
  // A schema and tools exclude each other; the limit charges what may be written, and nothing for cached input.
  groq: {
    dialect: { ...plainDialect, maxTokensField: 'max_completion_tokens', schemaBesideTools: false },
    capabilities: {
      ...plainCapabilities,
      structuredOutput: 'json_object',
      promptCache: 'automatic',
      metersOutput: 'at_admission',
      metersCachedInput: false,
    },
    readLimits: readGroqLimits,
  },
  // A grammar holds the whole answer, so that no tool could be called beside it.
  'llama-cpp': {
    dialect: {
      ...plainDialect,
      toolChoiceByName: false,
      schemaBesideTools: false,
      constraints: 'llama-cpp',
      thinkingSwitch: 'chat_template_kwargs',
    },
    capabilities: { ...plainCapabilities, structuredOutput: 'constrained', promptCache: 'automatic' },
    readLimits: saysNothing,
  },
  'lm-studio': {
    dialect: { ...plainDialect, toolChoiceByName: false, schemaBesideTools: false },
    capabilities: { ...plainCapabilities, structuredOutput: 'constrained', promptCache: 'automatic' },
    readLimits: saysNothing,
  },
  plain: { dialect: plainDialect, capabilities: plainCapabilities, readLimits: saysNothing },
  together: {
    dialect: { ...plainDialect, schemaBesideTools: false, constraints: 'together' },
    capabilities: plainCapabilities,
    readLimits: saysNothing,
  },
  vllm: {
    dialect: {
      ...plainDialect,
      maxTokensField: 'max_completion_tokens',
      schemaBesideTools: false,
      constraints: 'vllm',
      thinkingSwitch: 'chat_template_kwargs',
    },
    capabilities: { ...plainCapabilities, structuredOutput: 'constrained', promptCache: 'automatic' },
    readLimits: saysNothing,
  },
};
