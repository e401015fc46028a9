import type { StopReason } from '@troupe/contracts';

/** Keys of a record, so that a reason that is missing here does not compile. */
const REASONS: Record<StopReason, true> = {
  end_turn: true,
  max_turns: true,
  max_tokens: true,
  usage_limit: true,
  stop_tool: true,
  output_invalid: true,
  stop_sequence: true,
  content_filter: true,
  refusal: true,
  guardrail: true,
  budget: true,
  deadline: true,
  cancelled: true,
  approval_expired: true,
  poisoned: true,
  provider_error: true,
  server_error: true,
};

/** Every reason for which a run ends, for input and the API document. */
export const STOP_REASONS = Object.keys(REASONS);
