import type { ModelCapabilities } from '@troupe/spec';
import { claudeTraits } from './claude-traits.js';

/** What a Claude model can do. Limits count real output, and no tokens that were read from the cache. */
export function anthropicCapabilities(model: string): ModelCapabilities {
  const { followsSchemas, forcesTools } = claudeTraits(model);
  return {
    structuredOutput: followsSchemas ? 'json_schema' : 'strict_tool',
    tools: true,
    toolChoice: forcesTools,
    images: true,
    files: true,
    promptCache: 'explicit',
    metersOutput: 'as_written',
    metersCachedInput: false,
    batches: true,
  };
}
