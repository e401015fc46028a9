import type { ModelCapabilities } from '@troupe/spec';

/** What Claude models can do. Limits count real output, and no tokens that were read from the cache. */
export const anthropicCapabilities: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: true,
  promptCache: 'explicit',
  metersOutput: 'as_written',
  metersCachedInput: false,
  batches: true,
};
