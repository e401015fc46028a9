import { type JsonValue, MAX_EVENT_OUTPUT, type RunEventBody, type StopReason, type Usage } from '@troupe/contracts';
import { errorOfRun, stopReasonOfError } from './failed-run.js';
import type { RunLog } from './run-log.js';

interface ToldRun {
  runId: string;
  threadId: string;
  signal: AbortSignal | undefined;
  log: RunLog;
}

interface ToldOutcome {
  stopReason: StopReason;
  usage: Usage;
  output?: unknown;
}

/** Does the work of a run and tells how it ends. @throws what the work throws */
export async function toldRun<Outcome extends ToldOutcome>(
  run: ToldRun,
  newId: () => string,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { runId, threadId, signal, log } = run;
  let outcome: Outcome;
  try {
    outcome = await work();
  } catch (error) {
    log.tell(signal?.aborted ? { type: 'run.cancelled', data: { run_id: runId } } : failed(runId, error));
    throw error;
  }
  const { stopReason, usage } = outcome;
  log.tell({
    type: 'run.completed',
    data: {
      run_id: runId,
      thread_id: threadId,
      message_id: log.message ?? newId(),
      stop_reason: stopReason,
      usage,
      ...('output' in outcome && toldOutput(outcome.output)),
    },
  });
  return outcome;
}

function failed(runId: string, thrown: unknown): RunEventBody {
  const error = errorOfRun(thrown);
  return { type: 'run.failed', data: { run_id: runId, stop_reason: stopReasonOfError(error), error } };
}

/** What a zod schema makes of an answer may be no JSON: then it is for whoever called alone. */
function toldOutput(output: unknown): { output?: JsonValue } {
  const text = asJson(output);
  return text !== undefined && text.length <= MAX_EVENT_OUTPUT ? { output: JSON.parse(text) as JsonValue } : {};
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
