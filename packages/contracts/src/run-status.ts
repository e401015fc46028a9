const TERMINAL_RUN_STATUSES = ['completed', 'failed', 'cancelled', 'expired'] as const;
export type TerminalRunStatus = (typeof TERMINAL_RUN_STATUSES)[number];
export type RunStatus = 'queued' | 'running' | 'waiting' | TerminalRunStatus;

export type WaitKind = 'tool' | 'approval' | 'input' | 'rate_limit' | 'timer' | 'pause' | 'thread';

/** Why a run ended. `end_turn` is a whole answer. */
export type StopReason =
  | 'end_turn'
  | 'max_turns'
  | 'max_tokens'
  /** One of its `limits` that is neither `max_turns` nor money: then `budget`. */
  | 'usage_limit'
  /** The result of one of `stop_on_tools` is the answer. */
  | 'stop_tool'
  | 'output_invalid'
  | 'stop_sequence'
  | 'content_filter'
  | 'refusal'
  | 'guardrail'
  | 'budget'
  | 'deadline'
  | 'cancelled'
  | 'approval_expired'
  | 'poisoned'
  | 'provider_error'
  | 'server_error';

export function isTerminal(status: RunStatus): status is TerminalRunStatus {
  return (TERMINAL_RUN_STATUSES as readonly string[]).includes(status);
}
