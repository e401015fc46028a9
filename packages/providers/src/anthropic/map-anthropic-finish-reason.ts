import type { FinishReason } from '@troupe/spec';

const reasons: Record<string, FinishReason['reason']> = {
  end_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_calls',
  refusal: 'refusal',
};

export function mapAnthropicFinishReason(raw: string): FinishReason {
  return { reason: reasons[raw] ?? 'other', raw };
}
