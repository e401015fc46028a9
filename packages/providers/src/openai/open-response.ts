import { APIError } from 'openai';
import { HttpResponse } from '../shared/http-response.js';
import { MalformedAnswer, ReportedFailure } from '../shared/provider-failure.js';
import { reasonOf } from './map-openai-error.js';
import type { WireError } from './openai-wire.js';

/** The response to what the SDK sends; its body is read here and not by the SDK. */
export async function openResponse(sent: Promise<Response>): Promise<HttpResponse> {
  let response: Response;
  try {
    response = await sent;
  } catch (error) {
    throw toFailure(error);
  }
  if (!(response instanceof HttpResponse)) throw new MalformedAnswer('a response of another transport');
  return response;
}

/** Errors with a status are the provider's; the rest broke on the way and is told by its cause. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof APIError) || error.status === undefined) return error;
  const code = error.code ?? error.type ?? undefined;
  return new ReportedFailure({
    status: error.status,
    message: messageOf(error),
    ...(code !== undefined && { code: String(code) }),
    headers: error.headers,
  });
}

/** The SDK puts the status before the provider's sentence, which may have more to tell. */
function messageOf({ error, message }: APIError): string {
  const told: WireError | undefined = typeof error === 'object' && error !== null ? error : undefined;
  return typeof told?.message === 'string' ? reasonOf(told) : message.replace(/^\d{3} /, '');
}
