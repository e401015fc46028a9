import type { ModelCapabilities } from '@troupe/spec';

/** What OpenAI's chat models can do. The limit on tokens charges the allowed output at admission, and cached input in full. */
export const openAiCapabilities: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: true,
  promptCache: 'automatic',
  metersOutput: 'at_admission',
  metersCachedInput: true,
  batches: true,
};
