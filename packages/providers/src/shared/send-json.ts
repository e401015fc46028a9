import type { JsonObject } from '@troupe/contracts';
import type { HttpResponse } from './http-response.js';
import type { HttpTransport } from './http-transport.js';
import { isJsonObject } from './parse-tool-arguments.js';
import { ReportedFailure } from './provider-failure.js';

/** What is sent to a provider that has no SDK here. */
export interface JsonRequest {
  url: string;
  /** Absent: POST. */
  method?: 'GET' | 'POST';
  /** Beside those that say that JSON is sent and taken. */
  headers?: Record<string, string>;
  body?: object;
  signal?: AbortSignal;
  /** Until the headers of the answer. */
  timeoutMs: number;
}

/**
 * Sends JSON to a provider that has no SDK here; its body is still to be read.
 * @throws ReportedFailure for a status that is no success, with what the body says of it
 */
export async function sendJson(transport: HttpTransport, request: JsonRequest): Promise<HttpResponse> {
  const { url, method = 'POST', headers = {}, body, signal, timeoutMs } = request;
  const response = await transport.send({
    url,
    method,
    headers: Object.entries({ accept: 'application/json', 'content-type': 'application/json', ...headers }).flat(),
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
    headersTimeoutMs: timeoutMs,
  });
  if (response.status >= 200 && response.status < 300) return response;
  throw new ReportedFailure({ status: response.status, ...said(await response.text()), headers: response.headers });
}

/** `{"error": {"message", "code"}}`, `{"error": "..."}`, `{"message": "..."}`; a proxy in front may say anything. */
function said(text: string): { message: string; code?: string } {
  const body = parse(text);
  const error = isJsonObject(body?.error) ? body.error : body;
  const message = [error?.message, body?.error].find((value) => typeof value === 'string') ?? text;
  const code = error?.code ?? error?.type;
  return { message: String(message), ...(typeof code === 'string' && { code }) };
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
