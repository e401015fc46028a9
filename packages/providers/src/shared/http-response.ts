import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseBody } from './response-body.js';

/** Longest body that is read as one text. An answer of a million tokens has about 8 MB. */
const maxTextBytes = 33_554_432;

/**
 * A `Response` as vendor SDKs expect it whose body is ours: SDKs read status, headers and, of errors, the text; what
 * streams is read from `received`, since web streams cost more per token than the parsing.
 */
export class HttpResponse extends Response {
  constructor(
    status: number,
    headers: IncomingHttpHeaders,
    readonly received: ResponseBody,
  ) {
    super(null, { status, headers: toHeaders(headers) });
  }

  override readonly text = async (): Promise<string> => (await this.received.readAll(maxTextBytes)).toString('utf8');

  override readonly json = async (): Promise<unknown> => JSON.parse(await this.text());
}

function toHeaders(headers: IncomingHttpHeaders): [string, string][] {
  const list: [string, string][] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') list.push([name, value]);
    else if (value !== undefined) list.push([name, value.join(', ')]);
  }
  return list;
}
