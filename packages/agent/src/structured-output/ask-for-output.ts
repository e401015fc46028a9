import { textOf } from '@troupe/contracts';
import type { ModelMessage, ModelRequest, ModelResponse } from '@troupe/spec';
import { cleanResponse } from '../turn/clean-response.js';
import { stopReasonOf } from '../turn/stop-reason-of.js';
import type { OutputFormat } from './output-format.js';
import { DEFAULT_OUTPUT_RETRIES, reviewOutput } from './review-output.js';

/** Gets one answer of a model, by whatever way there is. @throws TroupeError of the model, or the signal's reason */
export type AskModel = (request: ModelRequest, signal?: AbortSignal) => Promise<ModelResponse>;

export interface AskForOutputOptions<T> {
  ask: AskModel;
  request: Omit<ModelRequest, 'outputSchema'>;
  format: OutputFormat<T>;
  /** Further answers when one is not valid; 2 unless told. */
  retries?: number;
  signal?: AbortSignal;
}

/**
 * One answer without tools, validated; one that is not valid goes back to the model with its errors.
 * @throws TroupeError `output_invalid`, and those of the model
 */
export async function askForOutput<T>(options: AskForOutputOptions<T>): Promise<T> {
  const { ask, request, format, retries = DEFAULT_OUTPUT_RETRIES, signal } = options;
  const messages: ModelMessage[] = [...request.messages];
  for (let refused = 0; ; refused += 1) {
    const response = cleanResponse(await ask({ ...request, messages, outputSchema: format.request }, signal));
    const stopReason = stopReasonOf(response.finish.reason);
    const review = await reviewOutput(format, { text: textOf(response.content), stopReason, refused }, retries);
    if (review.accepted) return review.value;
    const content = response.content.filter((part) => part.type !== 'tool_call');
    if (content.length > 0) messages.push({ role: 'assistant', content });
    messages.push(review.correction);
  }
}
