import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answer } from '@troupe/testing';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const PAGE = 'https://app.example.com';
const STRANGE_PAGE = 'https://elsewhere.example.com';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest({ corsOrigins: `${PAGE}, http://localhost:5173` });
});
afterAll(() => gateway?.stop());

/** What a browser asks before a script of the page may send JSON with a key. */
const preflight = (origin: string, server = gateway, path = '/api/llm/interact') =>
  server.call('OPTIONS', path, {
    key: null,
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });

const allowedOrigin = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('a page of an allowed origin', () => {
  test.each([PAGE, 'http://localhost:5173'])('may ask beforehand, without a key: %s', async (origin) => {
    const response = await preflight(origin);
    expect([response.status, allowedOrigin(response)]).toEqual([204, origin]);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,content-type,idempotency-key');
    expect(response.headers.get('vary')).toBe('origin');
  });

  test('reads answers and the headers that matter, and why it was refused', async () => {
    const models = await gateway.call('GET', '/api/models', { headers: { origin: PAGE } });
    expect([models.status, allowedOrigin(models)]).toEqual([200, PAGE]);
    expect(models.headers.get('access-control-expose-headers')).toContain('x-request-id');
    const refused = await gateway.call('GET', '/api/models', { key: null, headers: { origin: PAGE } });
    expect([refused.status, allowedOrigin(refused)]).toEqual([401, PAGE]);
    const unknown = await gateway.call('GET', '/api/nothing', { headers: { origin: PAGE } });
    expect([unknown.status, allowedOrigin(unknown)]).toEqual([404, PAGE]);
  });

  test('reads streams', async () => {
    gateway.model.enqueue(answer('Hello.'));
    const stream = await gateway.call('POST', '/api/llm/interact', {
      body: { message: 'Hi', stream: true },
      headers: { origin: PAGE },
    });
    expect([stream.status, allowedOrigin(stream)]).toEqual([200, PAGE]);
    expect(stream.headers.get('x-request-id')).not.toBeNull();
    expect(await stream.text()).toContain('event: run.completed');
  });

  test('is never let in by what a browser sends by itself', async () => {
    expect((await preflight(PAGE)).headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('any other page', () => {
  test('is told nothing', async () => {
    const asked = await preflight(STRANGE_PAGE);
    expect([asked.status, allowedOrigin(asked)]).toEqual([405, null]);
    const models = await gateway.call('GET', '/api/models', { headers: { origin: STRANGE_PAGE } });
    expect(allowedOrigin(models)).toBeNull();
    // A cache must not give it what an allowed page was given.
    expect(models.headers.get('vary')).toBe('origin');
  });

  test.each([
    ['where none is allowed', {}, null],
    ['where all are', { corsOrigins: '*' }, '*'],
  ])('%s', async (_case, options, origin) => {
    const other = await startGatewayForTest(options);
    expect(allowedOrigin(await preflight(STRANGE_PAGE, other))).toBe(origin);
    await other.stop();
  });
});
