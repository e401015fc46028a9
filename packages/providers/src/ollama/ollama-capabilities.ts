import type { ModelCapabilities } from '@troupe/spec';

/** What Ollama's native API can do: `format` constrains what is generated; no tool can be forced; there are no limits. */
export const ollamaCapabilities: ModelCapabilities = {
  structuredOutput: 'constrained',
  tools: true,
  toolChoice: false,
  images: true,
  files: false,
  promptCache: 'automatic',
  metersOutput: 'as_written',
  metersCachedInput: true,
  batches: false,
};
