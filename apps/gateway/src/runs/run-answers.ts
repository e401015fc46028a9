import { type InteractResponse, type RunResult, TroupeError } from '@troupe/contracts';
import { waitsForPeople } from '../approvals/asks-people.js';

/**
 * A run that was waited for, as the answer of its request.
 * @throws TroupeError for a run that did not complete, with the run's and the thread's id among its details.
 */
export function completedAnswer(result: RunResult): InteractResponse {
  const { run, response } = result;
  if (run.status !== 'completed') throw notCompleted(result);
  return {
    run_id: run.id,
    thread_id: run.thread_id,
    message_id: run.output_message_id,
    status: run.status,
    stop_reason: run.stop_reason,
    response,
    ...('output' in result && { output: result.output }),
    model: run.model,
    usage: run.usage,
  };
}

/** The same, or how a run stands that goes on when people have decided. */
export function answerSoFar(result: RunResult): InteractResponse {
  if (!waitsForPeople(result)) return completedAnswer(result);
  const { run, approvals = [] } = result;
  return {
    run_id: run.id,
    thread_id: run.thread_id,
    message_id: null,
    status: run.status,
    stop_reason: null,
    response: null,
    model: run.model,
    usage: run.usage,
    wait_kind: approvals.some(({ kind }) => kind === 'tool') ? 'approval' : 'input',
    approvals,
  };
}

function notCompleted(result: RunResult): TroupeError {
  const { run } = result;
  const details = { run_id: run.id, thread_id: run.thread_id, status: run.status };
  if (waitsForPeople(result)) {
    const ids = result.approvals?.map(({ id }) => id) ?? [];
    const message = `Run ${run.id} waits for a person: decide at /api/approvals/${ids[0]}. It goes on by itself then.`;
    return new TroupeError({
      code: 'approval_required',
      fault: 'caller',
      message,
      details: { ...details, approvals: ids },
    });
  }
  if (run.error) return new TroupeError({ ...run.error, details: { ...run.error.details, ...details } });
  if (run.status === 'expired') {
    const message = `The run passed its deadline (${run.deadline_at}). RUN_DEADLINE_SECONDS sets how long a run may take.`;
    return new TroupeError({ code: 'deadline_exceeded', fault: 'server', message, retryable: true, details });
  }
  return new TroupeError({ code: 'run_cancelled', fault: 'caller', message: 'The run was cancelled.', details });
}
