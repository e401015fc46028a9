import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '@troupe/contracts';
import type { CassetteRequest } from './recorded-exchange.js';
import type { Scrubber } from './scrubber.js';
import { isSecretParameter, secretHeaders } from './secret-names.js';

/** What stands in place of a boundary, which clients make anew for every form. */
const boundaryName = 'cassette-boundary';

/** A request as it is kept and compared; the scrubber learns the credentials that it carries. */
export function readCassetteRequest(
  message: IncomingMessage,
  body: Buffer,
  { scrubber, matchHeaders }: { scrubber: Scrubber; matchHeaders: readonly string[] },
): CassetteRequest {
  const { method = 'GET', url = '/', headers } = message;
  learnCredentials(message, scrubber);
  const compared: Record<string, string> = {};
  for (const name of matchHeaders.map((header) => header.toLowerCase()).sort()) {
    const value = headers[name];
    if (value !== undefined) compared[name] = String(value);
  }
  const request = {
    method,
    path: url,
    ...(Object.keys(compared).length > 0 && { headers: compared }),
    ...readBody(withoutBoundary(body, headers['content-type'])),
  };
  return scrubRequest(request, scrubber);
}

/** Done again before the file is written, because later requests may have shown more credentials. */
export function scrubRequest(request: CassetteRequest, scrubber: Scrubber): CassetteRequest {
  const { headers, json, text, base64 } = request;
  const scrubHeader = ([name, value]: [string, string]) => [name, scrubber.text(value)] as const;
  return {
    method: request.method,
    path: scrubber.path(request.path),
    ...(headers !== undefined && { headers: Object.fromEntries(Object.entries(headers).map(scrubHeader)) }),
    ...(json !== undefined && { json: scrubber.json(json) }),
    ...(text !== undefined && { text: scrubber.text(text) }),
    ...(base64 !== undefined && { base64: scrubber.bytes(Buffer.from(base64, 'base64'), []).bytes.toString('base64') }),
  };
}

function learnCredentials({ url = '/', headers }: IncomingMessage, scrubber: Scrubber): void {
  for (const name of secretHeaders) {
    const value = headers[name];
    if (value === undefined) continue;
    scrubber.learn(String(value));
    if (name === 'cookie') for (const cookie of String(value).split(';')) learnCookie(cookie, scrubber);
  }
  const start = url.indexOf('?');
  if (start === -1) return;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (isSecretParameter(name)) scrubber.learn(value);
  }
}

function learnCookie(cookie: string, scrubber: Scrubber): void {
  const [, value] = cookie.split(/=(.*)/s);
  if (value !== undefined) scrubber.learn(value.trim());
}

function readBody(body: Buffer): Pick<CassetteRequest, 'json' | 'text' | 'base64'> {
  if (body.length === 0) return {};
  const text = body.toString('utf8');
  if (!Buffer.from(text).equals(body)) return { base64: body.toString('base64') };
  try {
    const json: JsonValue = JSON.parse(text);
    return { json };
  } catch {
    return { text };
  }
}

function withoutBoundary(body: Buffer, contentType = ''): Buffer {
  const [, quoted, bare] = /^multipart\/.*;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return body;
  return Buffer.from(body.toString('latin1').replaceAll(`--${boundary}`, `--${boundaryName}`), 'latin1');
}
