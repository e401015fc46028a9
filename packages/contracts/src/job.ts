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

/** Follow-up tasks of one kind, gathered over a moment; their rows say what to do. At least one. */
export interface FollowUpJob {
  task_ids: string[];
}

export type FollowUpKind = 'extract-facts' | 'title-thread' | 'summarize-thread';
