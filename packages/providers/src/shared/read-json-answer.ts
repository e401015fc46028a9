import type { TroupeError } from '@troupe/contracts';
import { CallScope } from './call-scope.js';
import type { HttpResponse } from './http-response.js';
import { isJsonObject } from './parse-tool-arguments.js';
import type { CallPhase, ProviderErrors } from './provider-errors.js';
import { MalformedAnswer } from './provider-failure.js';
import type { ProviderTimeouts } from './provider-timeouts.js';

/** One request whose answer is read whole. */
export interface JsonCall<Answer, Result> {
  open(signal: AbortSignal): Promise<HttpResponse>;
  read(answer: Answer, headers: Headers): Result;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  signal?: AbortSignal;
}

/** One JSON object that a provider answers. `read` gets an object of which nothing is known yet. @throws TroupeError */
export async function readJsonAnswer<Answer, Result>(call: JsonCall<Answer, Result>): Promise<Result> {
  const { errors, signal, timeouts } = call;
  const scope = new CallScope(signal);
  let expired: TroupeError | undefined;
  const timer = setTimeout(() => {
    expired = errors.timeout(`the call took longer than ${timeouts.totalMs / 1000} s`);
    scope.abort();
  }, timeouts.totalMs).unref();
  let phase: CallPhase = 'request';
  let response: HttpResponse | undefined;
  try {
    response = await call.open(scope.signal);
    phase = 'body';
    return call.read(parseObject(await response.text()) as Answer, response.headers);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw expired ?? errors.fromThrown(error, phase);
  } finally {
    clearTimeout(timer);
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
