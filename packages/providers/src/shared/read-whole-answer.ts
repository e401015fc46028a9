import type { ModelResponse } from '@troupe/spec';
import { withLimits } from './limit-feedback.js';
import { type JsonCall, readJsonAnswer } from './read-json-answer.js';

/** One request to a chat model whose answer is not streamed. */
export interface WholeCall<Answer> extends Omit<JsonCall<Answer, ModelResponse>, 'read'> {
  read(answer: Answer): ModelResponse;
}

/** One answer of a chat model that is not streamed. */
export function readWholeAnswer<Answer>(call: WholeCall<Answer>): Promise<ModelResponse> {
  return readJsonAnswer<Answer, ModelResponse>({
    ...call,
    read: (answer, headers) => withLimits(call.read(answer), headers, call.errors.readLimits),
  });
}
