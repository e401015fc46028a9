import { configuredOutput, lastToolResults, readOutput, stoppingResult } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, NewMessage } from '@troupe/database';
import { completeRun } from './complete-run.js';
import type { TurnOutcome } from './turn-outcome.js';

/**
 * The end of a run whose last round of tools has a result that is to be its answer; no model is asked. Undefined: the
 * model is, also where the run has an output schema that the result does not fit.
 */
export async function stopOnTool(
  run: ClaimedRun,
  onEvent: (event: RunEventBody) => void,
): Promise<TurnOutcome | undefined> {
  const { stop_on_tools } = run.configuration;
  const result = stop_on_tools && stoppingResult(lastToolResults(run.history), stop_on_tools);
  if (!result) return undefined;
  const wanted = configuredOutput(run.configuration);
  const verdict = wanted && (await readOutput(wanted.format, result.content));
  if (verdict?.valid === false) return undefined;
  const answer: NewMessage = {
    id: newId(),
    parent_id: run.headMessageId,
    role: 'assistant',
    content: [{ type: 'text', text: result.content }],
    model: null,
  };
  onEvent({ type: 'step.started', data: { step: run.step } });
  onEvent({ type: 'text.delta', data: { delta: result.content } });
  const output = verdict && { value: verdict.value };
  const ended = completeRun(run, { answer, stopReason: 'stop_tool', usage: run.usage, output });
  const said: RunEventBody = { type: 'message.completed', data: { message_id: answer.id } };
  return { steps: [], receivedRead: 0, ledger: [], ...ended, events: [said, ...ended.events] };
}
