import type { FinishReason } from '@troupe/spec';

/** Ollama knows `stop` and `length`; that a model stopped for a tool shows only in its calls. */
export function mapOllamaFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  if (raw === 'length') return { reason: 'length', raw };
  if (raw === 'stop') return { reason: hasToolCalls ? 'tool_calls' : 'stop', raw };
  return { reason: 'other', raw };
}
