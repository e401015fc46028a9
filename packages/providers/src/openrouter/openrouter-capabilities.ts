import type { ModelCapabilities } from '@troupe/spec';
import { isClaude } from './is-claude.js';

/** What OpenRouter passes on; what a model behind it cannot do, it says or leaves out itself. */
export function openRouterCapabilities(model: string): ModelCapabilities {
  return {
    structuredOutput: 'json_schema',
    tools: true,
    toolChoice: true,
    images: true,
    files: true,
    promptCache: isClaude(model) ? 'explicit' : 'automatic',
    metersOutput: 'as_written',
    metersCachedInput: true,
    batches: false,
  };
}
