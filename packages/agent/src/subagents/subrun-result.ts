import { type ContentPart, type ErrorBody, type TerminalRunStatus, textOf } from '@troupe/contracts';
import { formatToolOutput } from '../tools/format-tool-output.js';

/** What the agent that called reads of a run that has ended; a failure of it is a failed call, and no more than that. */
export function subrunResult(run: {
  agent: string;
  status: TerminalRunStatus;
  content: readonly ContentPart[] | null;
  error: ErrorBody | null;
}): { state: 'completed' | 'failed' | 'cancelled'; result: string } {
  switch (run.status) {
    case 'completed':
      return { state: 'completed', result: formatToolOutput(textOf(run.content ?? [])) };
    case 'failed':
      return { state: 'failed', result: `Error: ${run.agent} failed: ${run.error?.message ?? 'no reason given'}` };
    case 'cancelled':
      return { state: 'cancelled', result: `Error: the run of ${run.agent} was cancelled.` };
    case 'expired':
      return { state: 'failed', result: `Error: ${run.agent} did not answer in time.` };
  }
}
