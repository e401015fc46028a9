import { configuredOutput, type NextMove, reviewOutput } from '@troupe/agent';
import type { JsonValue } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow, RefusedAnswers } from '@troupe/database';
import { type TurnOutcome, unfinished } from './turn-outcome.js';

/** What an answer is by the output schema of its run. */
export type ReviewedAnswer =
  /** Absent: the run has no schema, or goes on. */
  { output?: { value: JsonValue } } | { refused: RefusedAnswers };

/** @throws TroupeError `output_invalid` when no further answer may be asked for */
export async function reviewAnswer(run: ClaimedRun, move: NextMove): Promise<ReviewedAnswer> {
  const wanted = move.kind === 'finish' ? configuredOutput(run.configuration) : undefined;
  if (!wanted || move.kind !== 'finish') return {};
  const { text, stopReason, content } = move;
  const count = run.refused?.count ?? 0;
  const review = await reviewOutput(wanted.format, { text, stopReason, refused: count }, wanted.retries);
  if (review.accepted) return { output: { value: review.value } };
  const answer = { role: 'assistant' as const, content };
  const correction = { role: 'user' as const, content: review.correction.content };
  return { refused: { count: count + 1, step: run.step, tail: [...refusedTail(run), answer, correction] } };
}

/** What the model is shown of refused answers: those of the step that it is to answer. */
export function refusedTail({ refused, step }: Pick<ClaimedRun, 'refused' | 'step'>): RefusedAnswers['tail'] {
  return refused?.step === step ? refused.tail : [];
}

/**
 * Asks for the same answer again, in a turn of its own: with its own time, its own place in the line of limits, and a
 * commit before it, so that nothing is lost or asked twice when a worker dies. Its `step.restarted` withdraws the refused text.
 */
export function askAgain(refused: RefusedAnswers, ledger: LedgerRow[]): TurnOutcome {
  return { ...unfinished({ status: 'queued', wakeInMs: 0, because: 'correction' }, ledger, []), refused };
}
