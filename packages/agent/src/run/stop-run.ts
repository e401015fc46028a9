import type { ToolResultPart, Usage } from '@troupe/contracts';
import { readOutput } from '../structured-output/read-output.js';
import type { RunMessages } from '../structured-output/run-messages.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunTurnsOptions } from './run-turns-options.js';
import { stoppingResult } from './stopping-result.js';

/**
 * The end of a run whose tools have given its answer; no model is asked. Undefined: the model is, also where an output was
 * asked for that the answer does not fit.
 */
export async function stopRun(
  options: RunTurnsOptions,
  run: { results: readonly ToolResultPart[]; messages: RunMessages; step: number; usage: Usage },
): Promise<RunOutcome | undefined> {
  const { configuration, output, stopWhen, onEvent, newId } = options;
  const { results, messages, step, usage } = run;
  const text = stoppingResult(results, configuration.stop_on_tools)?.content ?? (await stopWhen?.(results));
  if (text === undefined) return undefined;
  const verdict = output && (await readOutput(output.format, text));
  if (verdict?.valid === false) return undefined;
  onEvent({ type: 'step.started', data: { step } });
  onEvent({ type: 'text.delta', data: { delta: text } });
  onEvent({ type: 'message.completed', data: { message_id: newId() } });
  messages.add({ role: 'assistant', content: [{ type: 'text', text }] });
  return {
    text,
    stopReason: 'stop_tool',
    usage,
    messages: messages.added,
    ...(verdict && { output: verdict.value }),
  };
}
