import type { Withheld } from '@troupe/contracts';
import type { Blocked } from './check-text.js';

/** What the user reads in place of an answer. */
export function answerOfBlock(on: 'input' | 'output', { message }: Blocked): string {
  if (message !== undefined) return message;
  return on === 'input' ? 'I cannot help with that message.' : 'I cannot give the answer that I had to that.';
}

/** What stands in the thread in place of a message that must not reach a model. */
export function withheldMarker({ guardrail }: Pick<Withheld, 'guardrail'>): string {
  return `[This message was withheld by the guardrail "${guardrail}".]`;
}

/** What the model reads in place of the result of a call that was not made. */
export function refusedCall({ guardrail, reason, message }: Blocked): string {
  return message ?? `Not run: the guardrail "${guardrail}" refused the arguments (${reason}).`;
}

/** What the model reads in place of a result. */
export function withheldResult({ guardrail, reason, message }: Blocked): string {
  return message ?? `[The result was withheld by the guardrail "${guardrail}" (${reason}).]`;
}

/** What the model reads about an answer that it is to give again. */
export function feedbackOf({ guardrail, feedback }: { guardrail: string; feedback: string }): string {
  return (
    `Your answer was not accepted by the guardrail "${guardrail}" and nobody has seen it: ${feedback}\n` +
    'Answer again, and mind that. Do not mention this correction.'
  );
}

/** Why something that a person said about a call is not taken. */
export function refusedAnswer({ guardrail, reason, message }: Blocked): string {
  return message ?? `The guardrail "${guardrail}" refused it (${reason}).`;
}
