import type { Run, RunResult } from '@troupe/contracts';
import { textOfAnswer } from '../agent-completions.js';
import { agentModelId } from '../agent-model-id.js';
import { answerOfText, finishOfRun } from '../chat-completion.js';
import { usageOfRun } from '../chat-usage.js';
import { emptyResponse, type ResponseBody } from './response-body.js';
import { responseUsage } from './response-end.js';
import { responseForm } from './response-form.js';

/** A stored run as a response, whatever dialect it was asked for in. */
export function responseOfRun(result: RunResult): ResponseBody {
  const { run } = result;
  const begun = { ...emptyResponse(run.id, agentModelId(run.agent), run.thread_id), background: true };
  if (run.status === 'completed') {
    const message = answerOfText(textOfAnswer(result));
    const whole = responseForm(run.id, begun)
      .pieces()
      .whole(message, finishOfRun(run.stop_reason), usageOfRun(run.usage));
    return { ...whole, completed_at: whole.status === 'completed' ? secondsOf(run.finished_at) : null };
  }
  const usage = run.finished_at === null ? null : responseUsage(usageOfRun(run.usage));
  return { ...begun, status: statusOf(run), error: errorOf(run), usage };
}

function statusOf({ status }: Run): ResponseBody['status'] {
  switch (status) {
    case 'queued':
      return 'queued';
    case 'failed':
    case 'expired':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'in_progress';
  }
}

function errorOf({ status, error }: Run): ResponseBody['error'] {
  if (error) return { code: error.code, message: error.message };
  return status === 'expired' ? { code: 'deadline_exceeded', message: 'The run passed its deadline.' } : null;
}

function secondsOf(time: string | null): number | null {
  return time === null ? null : Math.floor(Date.parse(time) / 1_000);
}
