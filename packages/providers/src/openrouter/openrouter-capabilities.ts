import type { ModelCapabilities } from '@troupe/spec';

/** What OpenRouter passes on; what a model behind it cannot do, it says or leaves out itself. */
export const openRouterCapabilities: ModelCapabilities = {
  structuredOutput: 'json_schema',
  tools: true,
  toolChoice: true,
  images: true,
  files: true,
  promptCache: 'explicit',
  metersOutput: 'as_written',
  metersCachedInput: true,
  batches: false,
};
