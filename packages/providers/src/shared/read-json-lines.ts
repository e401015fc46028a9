import type { JsonObject } from '@troupe/contracts';
import { CallScope } from './call-scope.js';
import type { HttpResponse } from './http-response.js';
import { JsonLineReader } from './json-line-reader.js';
import { isJsonObject } from './parse-tool-arguments.js';
import type { CallPhase, ProviderErrors } from './provider-errors.js';
import { MalformedAnswer } from './provider-failure.js';

export interface JsonLinesCall {
  open(signal: AbortSignal): Promise<HttpResponse>;
  errors: ProviderErrors;
  signal?: AbortSignal;
}

/**
 * The objects of a file of JSON lines, as they arrive: a reader that is slow slows the provider down. The file has no end
 * mark of its own; one that breaks off is told by its connection. Leaving the loop ends the call. @throws TroupeError
 */
export async function* readJsonLines({ open, errors, signal }: JsonLinesCall): AsyncGenerator<JsonObject, void> {
  const scope = new CallScope(signal);
  const lines = new JsonLineReader();
  let phase: CallPhase = 'request';
  let response: HttpResponse | undefined;
  const next = async (): Promise<JsonObject[] | null> => {
    try {
      response ??= await open(scope.signal);
      phase = 'body';
      const bytes = await response.received.read();
      return bytes === null ? null : lines.push(bytes).map(parseLine);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw errors.fromThrown(error, phase);
    }
  };
  try {
    for (let objects = await next(); objects !== null; objects = await next()) yield* objects;
    for (const line of lines.end()) yield lastLine(line, errors);
  } finally {
    response?.received.cancel();
    scope.close();
  }
}

function parseLine(line: string): JsonObject {
  const value: unknown = JSON.parse(line);
  if (!isJsonObject(value)) throw new MalformedAnswer(line);
  return value;
}

function lastLine(line: string, errors: ProviderErrors): JsonObject {
  try {
    return parseLine(line);
  } catch (error) {
    throw errors.fromThrown(error, 'body');
  }
}
