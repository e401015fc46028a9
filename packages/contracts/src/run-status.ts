const TERMINAL_RUN_STATUSES = ['completed', 'failed', 'cancelled', 'expired'] as const;
export type TerminalRunStatus = (typeof TERMINAL_RUN_STATUSES)[number];
export type RunStatus = 'queued' | 'running' | 'waiting' | TerminalRunStatus;

export type WaitKind = 'tool' | 'approval' | 'input' | 'rate_limit' | 'timer' | 'pause' | 'thread';

export type StopReason =
  | 'end_turn'
  | 'max_turns'
  | 'max_tokens'
  | 'stop_sequence'
  | 'content_filter'
  | 'refusal'
  | 'guardrail'
  | 'budget'
  | 'deadline'
  | 'cancelled'
  | 'poisoned'
  | 'provider_error'
  | 'server_error';

export function isTerminal(status: RunStatus): status is TerminalRunStatus {
  return (TERMINAL_RUN_STATUSES as readonly string[]).includes(status);
}
