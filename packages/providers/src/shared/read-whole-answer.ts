import type { ModelResponse } from '@troupe/spec';
import { CallScope } from './call-scope.js';
import type { HttpResponse } from './http-response.js';
import { isJsonObject } from './parse-tool-arguments.js';
import type { CallPhase, ProviderErrors } from './provider-errors.js';
import { MalformedAnswer } from './provider-failure.js';

export interface WholeCall<Answer> {
  open(signal: AbortSignal): Promise<HttpResponse>;
  read(answer: Answer): ModelResponse;
  errors: ProviderErrors;
  signal?: AbortSignal;
}

/** One answer that is not streamed. `read` gets a JSON object of which nothing is known yet. */
export async function readWholeAnswer<Answer>(call: WholeCall<Answer>): Promise<ModelResponse> {
  const { errors, signal } = call;
  const scope = new CallScope(signal);
  let phase: CallPhase = 'request';
  let response: HttpResponse | undefined;
  try {
    response = await call.open(scope.signal);
    phase = 'body';
    return call.read(parseObject(await response.text()) as Answer);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw errors.fromThrown(error, phase);
  } finally {
    response?.received.cancel();
    scope.close();
  }
}

function parseObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedAnswer(text === '' ? 'an empty body' : text, { cause: error });
  }
  if (!isJsonObject(value)) throw new MalformedAnswer(text);
  return value;
}
