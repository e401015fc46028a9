/** What queue jobs carry: ids only. A job may be lost, doubled or late without harm. */
export interface AdvanceRunJob {
  run_id: string;
  step: number;
  /** Counts how often the run was rung; makes a job id that never comes back. */
  dispatch: number;
}

export interface ExecuteToolJob {
  tool_call_id: string;
  run_id: string;
}

export interface ExtractFactsJob {
  task_id: string;
}

export interface SummarizeThreadJob {
  task_id: string;
}

export type FollowUpKind = 'extract-facts' | 'title-thread' | 'summarize-thread';
