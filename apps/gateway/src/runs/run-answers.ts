import { type InteractResponse, type RunResult, TroupeError } from '@troupe/contracts';

/**
 * A run that was waited for, as the answer of its request.
 * @throws TroupeError for a run that did not complete, with the run's and the thread's id among its details.
 */
export function completedAnswer({ run, response }: RunResult): InteractResponse {
  if (run.status !== 'completed') throw notCompleted({ run, response });
  return {
    run_id: run.id,
    thread_id: run.thread_id,
    message_id: run.output_message_id,
    status: run.status,
    stop_reason: run.stop_reason,
    response,
    model: run.model,
    usage: run.usage,
  };
}

function notCompleted({ run }: RunResult): TroupeError {
  const details = { run_id: run.id, thread_id: run.thread_id, status: run.status };
  if (run.error) return new TroupeError({ ...run.error, details });
  if (run.status === 'expired') {
    const message = `The run passed its deadline (${run.deadline_at}). RUN_DEADLINE_SECONDS sets how long a run may take.`;
    return new TroupeError({ code: 'deadline_exceeded', fault: 'server', message, retryable: true, details });
  }
  return new TroupeError({ code: 'run_cancelled', fault: 'caller', message: 'The run was cancelled.', details });
}
