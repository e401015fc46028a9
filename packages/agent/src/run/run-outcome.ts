import type { StopReason, Usage } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';

export interface RunOutcome {
  /** The answer: the text of the last model turn. */
  text: string;
  stopReason: StopReason;
  /** The validated answer, where one was asked for. */
  output?: unknown;
  /** Tokens of all model turns. */
  usage: Usage;
  /** What the run adds to the thread. */
  messages: ModelMessage[];
  /** The user's message as the thread may keep it, where guardrails changed or withheld it. */
  input?: ModelMessage;
}
