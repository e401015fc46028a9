/** What queue jobs carry: ids only. A job may be lost, doubled or late without harm. */
export interface AdvanceRunJob {
  run_id: string;
  step: number;
  /** Counts how often the run was rung; makes a job id that never comes back. */
  dispatch: number;
}

export interface ExecuteToolJob {
  run_id: string;
  tool_call_id: string;
  /** Counts how often the call was rung. */
  dispatch: number;
}

/** A follow-up task; its row says what to do. */
export interface FollowUpJob {
  task_id: string;
  /** Counts how often the task was rung. */
  dispatch: number;
}

export type FollowUpKind = 'extract-facts' | 'title-thread' | 'summarize-thread';
