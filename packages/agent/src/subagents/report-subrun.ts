import type { RunEventBody, TerminalRunStatus, Usage } from '@troupe/contracts';
import type { RunContext } from '@troupe/spec';
import { addUsage } from '../usage/add-usage.js';

export interface Subrun {
  runId: string;
  threadId: string;
  agent: string;
  /** Told of everything that happens in it, as it happens. */
  onEvent?: ((event: RunEventBody) => void) | undefined;
}

const NOTHING: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: null,
};

/**
 * Does the work of a run below another, and tells the one above of its begin, its end and what it used, failed or not.
 * @param made what the run has made by then
 */
export async function reportSubrun<Answer>(
  { runId, threadId, agent, onEvent }: Subrun,
  { nesting, signal }: Pick<RunContext, 'nesting' | 'signal'>,
  work: (onEvent: (event: RunEventBody) => void) => Promise<Answer>,
  made?: () => { requests: number; toolCalls: number },
): Promise<Answer> {
  const tool_call_id = nesting?.toolCallId ?? runId;
  let usage: Usage | undefined;
  const follow = (event: RunEventBody) => {
    onEvent?.(event);
    const used = usedIn(event);
    if (used) usage = usage ? addUsage(usage, used) : used;
  };
  const end = (status: TerminalRunStatus) => {
    if (usage) nesting?.spend(usage, made?.());
    const data = { tool_call_id, run_id: runId, agent, status, usage: usage ?? NOTHING };
    nesting?.onEvent({ type: 'subrun.completed', data });
  };
  nesting?.onEvent({
    type: 'subrun.started',
    data: { tool_call_id, run_id: runId, thread_id: threadId, agent },
  });
  try {
    const answer = await work(follow);
    end('completed');
    return answer;
  } catch (error) {
    end(signal.aborted ? 'cancelled' : 'failed');
    throw error;
  }
}

function usedIn(event: RunEventBody): Usage | undefined {
  if (event.type === 'usage.recorded') return event.data;
  return event.type === 'subrun.completed' ? event.data.usage : undefined;
}
