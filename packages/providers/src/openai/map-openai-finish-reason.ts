import type { FinishReason } from '@troupe/spec';

const reasons: Record<string, FinishReason['reason']> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

/** A forced call and many compatible servers finish with `stop` although there are calls; a refusal always does. */
export function mapOpenAiFinishReason(raw: string, seen: { toolCalls: boolean; refusal: boolean }): FinishReason {
  const reason = reasons[raw] ?? 'other';
  if (reason !== 'stop') return { reason, raw };
  if (seen.refusal) return { reason: 'refusal', raw };
  return { reason: seen.toolCalls ? 'tool_calls' : 'stop', raw };
}
