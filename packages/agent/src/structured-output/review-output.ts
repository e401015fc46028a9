import { type JsonObject, type StopReason, TroupeError } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import type { OutputFormat } from './output-format.js';
import { readOutput } from './read-output.js';

/** Further answers that a model may give when one is not valid. */
export const DEFAULT_OUTPUT_RETRIES = 2;

/** Of the last answer, in an error: enough to see what the model did. */
const SHOWN_CHARACTERS = 4_000;

export interface ReviewedAnswer {
  text: string;
  stopReason: StopReason;
  /** Answers of this run that were refused before it. */
  refused: number;
}

/** `correction` goes to the model after its answer. */
export type Review<T> = { accepted: true; value: T } | { accepted: false; errors: string[]; correction: ModelMessage };

/**
 * Whether an answer is what its output schema asks for, or what the model is told so that it can correct it.
 * @param retries further answers that may be asked for; counted apart from turns, tools and calls that failed
 * @throws TroupeError `output_invalid` when no more may be asked for, with the answer and its errors in the details; at
 * once when the model refused to answer
 */
export async function reviewOutput<T>(
  format: OutputFormat<T>,
  answer: ReviewedAnswer,
  retries: number,
): Promise<Review<T>> {
  const verdict = await readOutput(format, answer.text);
  if (verdict.valid) return { accepted: true, value: verdict.value };
  const { errors } = verdict;
  const wontAnswer = answer.stopReason === 'refusal' || answer.stopReason === 'content_filter';
  if (wontAnswer || answer.refused >= retries) throw outputInvalid(errors, answer);
  return { accepted: false, errors, correction: correctionOf(errors) };
}

/** The error of a run whose answers were not valid. */
export function outputInvalid(errors: readonly string[], { text, stopReason, refused }: ReviewedAnswer): TroupeError {
  const answers = refused + 1;
  const counted = answers === 1 ? 'one answer' : `${answers} answers`;
  const details: JsonObject = {
    errors: [...errors],
    last_answer: text.slice(0, SHOWN_CHARACTERS).toWellFormed(),
    stop_reason: stopReason,
    answers,
  };
  return new TroupeError({
    code: 'output_invalid',
    fault: 'upstream',
    retryable: true,
    message:
      `The model gave no answer that is valid by its output schema (${counted}, the last ` +
      `one ended with ${stopReason}): ${errors.join('; ')}.`,
    details,
  });
}

function correctionOf(errors: readonly string[]): ModelMessage {
  const list = errors.map((error) => `- ${error}`).join('\n');
  const text =
    `Your answer is not valid by the JSON Schema that was asked for:\n${list}\n` +
    'Answer again with the whole JSON, corrected, and with nothing else.';
  return { role: 'user', content: [{ type: 'text', text }] };
}
