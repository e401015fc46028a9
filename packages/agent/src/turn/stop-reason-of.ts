import type { StopReason } from '@troupe/contracts';
import type { FinishReason } from '@troupe/spec';

/** Why a run ends when this was the finish of its last model turn. A provider's word that nobody knows is a plain end. */
export function stopReasonOf(finish: FinishReason['reason']): StopReason {
  switch (finish) {
    case 'stop':
    case 'tool_calls':
    case 'other':
      return 'end_turn';
    case 'length':
      return 'max_tokens';
    case 'stop_sequence':
    case 'content_filter':
    case 'refusal':
      return finish;
  }
}
