import type { ToolResultPart, Usage } from '@troupe/contracts';
import { guardToolAnswer } from '../guardrails/guard-tool-answer.js';
import { readOutput } from '../structured-output/read-output.js';
import { outputInvalid } from '../structured-output/review-output.js';
import type { RunMessages } from '../structured-output/run-messages.js';
import { countedGuardsOf } from './guarded-calls.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunTurnsOptions } from './run-turns-options.js';
import { stoppingResult } from './stopping-result.js';

/**
 * The end of a run whose tools have given its answer; no model is asked. Undefined: the model is, also where an output was
 * asked for that the answer does not fit.
 * @throws TroupeError `output_invalid` where an output was asked for and a guardrail blocks the answer
 */
export async function stopRun(
  options: RunTurnsOptions,
  run: { results: readonly ToolResultPart[]; messages: RunMessages; step: number; usage(): Usage },
): Promise<RunOutcome | undefined> {
  const { configuration, output, stopWhen, onEvent, newId } = options;
  const { results, messages, step, usage } = run;
  const found = stoppingResult(results, configuration.stop_on_tools)?.content ?? (await stopWhen?.(results));
  if (found === undefined) return undefined;
  const raw = output && (await readOutput(output.format, found));
  if (raw?.valid === false) return undefined;
  const { text, blocked } = await guardToolAnswer(found, countedGuardsOf(options), options);
  const verdict = output && text !== found ? await readOutput(output.format, text) : raw;
  if (output && (blocked || verdict?.valid === false)) {
    throw outputInvalid(['a guardrail blocked the run'], { text, stopReason: 'guardrail', refused: 0 });
  }
  onEvent({ type: 'step.started', data: { step } });
  onEvent({ type: 'text.delta', data: { delta: text } });
  onEvent({ type: 'message.completed', data: { message_id: newId() } });
  messages.add({ role: 'assistant', content: [{ type: 'text', text }] });
  return {
    text,
    stopReason: blocked ? 'guardrail' : 'stop_tool',
    usage: usage(),
    messages: messages.added,
    ...(verdict?.valid && { output: verdict.value }),
  };
}
