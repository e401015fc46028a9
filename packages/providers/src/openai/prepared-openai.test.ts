import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { OpenAI } from 'openai';
import { HttpTransport } from '../shared/http-transport.js';
import { ReportedFailure } from '../shared/provider-failure.js';
import { defaultTimeouts } from '../shared/provider-timeouts.js';
import { PreparedOpenAi } from './prepared-openai.js';

interface Sent {
  url: string | undefined;
  method: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

describe('PreparedOpenAi', () => {
  const transport = new HttpTransport(defaultTimeouts);
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(listener: RequestListener): Promise<PreparedOpenAi> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const baseURL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`;
    return new PreparedOpenAi({ apiKey: 'key', baseURL, defaultHeaders: { 'x-own': '1' }, project: 'p' }, transport);
  }

  const limits = { signal: new AbortController().signal, timeout: 5_000 };

  test('sends what the SDK itself sends, in the first request and in the next', async () => {
    const sent: Sent[] = [];
    const client = await serve(async (request, response) => {
      const { url, method, headers } = request;
      sent.push({ url, method, headers, body: (await request.toArray()).join('') });
      response.setHeader('content-type', 'application/json').end('{}');
    });
    const { baseURL } = client;
    const sdk = new OpenAI({
      apiKey: 'key',
      baseURL,
      defaultHeaders: { 'x-own': '1' },
      project: 'p',
      fetch: transport.fetch,
    });
    const body = { model: 'm', messages: [{ role: 'user' as const, content: 'ü "1"' }] };
    await sdk.chat.completions.create(body, { timeout: limits.timeout });
    for (let count = 0; count < 2; count += 1) {
      expect(await (await client.postJson('/chat/completions', body, limits)).json()).toEqual({});
    }
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
  });

  test('keeps the time limits of requests apart', async () => {
    const told: unknown[] = [];
    const client = await serve((request, response) => {
      told.push(request.headers['x-stainless-timeout']);
      response.end();
    });
    for (const timeout of [5_000, 7_000, 5_000]) await client.postJson('/responses', {}, { ...limits, timeout });
    expect(told).toEqual(['5', '7', '5']);
  });

  test.each([
    ['{"error":{"message":"No such model","code":"model_not_found"}}', 'No such model', 'model_not_found'],
    ['{"message":"No such model","type":"invalid"}', 'No such model', 'invalid'],
    ['<h1>Not found</h1>', '<h1>Not found</h1>', undefined],
  ])('a refusal says what %s says', async (body, message, code) => {
    const client = await serve((_request, response) => {
      response.writeHead(404, { 'retry-after': '7' }).end(body);
    });
    const refusal = await client.postJson('/chat/completions', {}, limits).catch((error: unknown) => error);
    if (!(refusal instanceof ReportedFailure)) throw refusal;
    const { failure } = refusal;
    expect(failure).toMatchObject({ status: 404, message });
    expect(failure.code).toBe(code);
    expect(failure.headers?.get('retry-after')).toBe('7');
  });

  test('an answer that does not begin in time is given up', async () => {
    const client = await serve(() => undefined);
    await expect(client.postJson('/chat/completions', {}, { ...limits, timeout: 200 })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
  });
});
