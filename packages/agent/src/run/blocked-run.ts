import type { Usage } from '@troupe/contracts';
import { outputInvalid } from '../structured-output/review-output.js';
import type { RunMessages } from '../structured-output/run-messages.js';
import type { GuardedModelTurn } from './guarded-model-turn.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunTurnsOptions } from './run-turns-options.js';

/**
 * The end of a run that a guardrail blocked: its message is the answer.
 * @throws TroupeError `output_invalid` where an output was asked for: a message is none
 */
export function blockedRun(
  { output }: RunTurnsOptions,
  run: {
    messages: RunMessages;
    answered: Extract<GuardedModelTurn, { type: 'blocked' }>;
    refused: number;
    usage: Usage;
    input: Pick<RunOutcome, 'input'>;
  },
): RunOutcome {
  const { messages, answered, refused, usage, input } = run;
  const text = answered.answer;
  if (output) throw outputInvalid(['a guardrail blocked the run'], { text, stopReason: 'guardrail', refused });
  messages.add({ role: 'assistant', content: [{ type: 'text', text }] });
  return { text, stopReason: 'guardrail', usage, messages: messages.added, ...input };
}
