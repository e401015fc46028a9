import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { ErrorCode, Fault } from '@troupe/contracts';
import type { ConformanceBench } from './model-under-test.js';
import { ask, failureOf, modes, observeStream, streamedText, userRequest } from './observe-model.js';

type Expected = [status: number, code: ErrorCode, fault: Fault, retryable: boolean];

const statuses: Expected[] = [
  [400, 'provider_invalid_request', 'caller', false],
  [401, 'provider_authentication_failed', 'server', false],
  [402, 'provider_quota_exceeded', 'server', false],
  [404, 'model_not_found', 'caller', false],
  [408, 'provider_timeout', 'upstream', true],
  [413, 'provider_invalid_request', 'caller', false],
  [422, 'provider_invalid_request', 'caller', false],
  [429, 'provider_rate_limited', 'upstream', true],
  [500, 'provider_unavailable', 'upstream', true],
  [502, 'provider_unavailable', 'upstream', true],
  [503, 'provider_overloaded', 'upstream', true],
  [504, 'provider_timeout', 'upstream', true],
  [529, 'provider_overloaded', 'upstream', true],
];

export function describeFailures(bench: ConformanceBench): void {
  describe.each(modes)('failures (%s)', (mode) => {
    const call = () => ask(mode, bench.model(), userRequest('Hello'));

    test.each(statuses)('status %i is %s, at fault: %s, retryable: %p', async (status, code, fault, retryable) => {
      bench.simulator.script({ status });
      const error = await failureOf(call());
      expect(error).toMatchObject({ code, fault, retryable, retryAfterMs: undefined });
      expect(error.details).toMatchObject({ provider: bench.id, model: 'conformance', status });
      expect(error.message).toMatch(/\. \S.*\.$/);
      // One call is one request: retries belong to the caller.
      expect(bench.simulator.requests).toHaveLength(1);
    });

    test.each([
      [{ 'retry-after': '7' }, 7_000],
      [{ 'retry-after-ms': '1500', 'retry-after': '7' }, 1_500],
    ])('a rate limit keeps the wait that was asked for: %j', async (headers, retryAfterMs) => {
      bench.simulator.script({ status: 429, headers });
      expect(await failureOf(call())).toMatchObject({ code: 'provider_rate_limited', retryAfterMs });
    });

    test('the provider’s own words are part of the message', async () => {
      bench.simulator.script({ status: 400, errorMessage: 'The moon is in the wrong house.' });
      expect((await failureOf(call())).message).toContain('The moon is in the wrong house');
    });

    test('a wrong key names its setting, an unknown model its name, and no message shows the key', async () => {
      const model = bench.model({ apiKey: 'sk-secret-key', model: 'no-such-model' });
      bench.simulator.script(
        { status: 401, errorMessage: 'Incorrect API key provided: sk-secret-key.' },
        { status: 404 },
      );
      const refused = await failureOf(ask(mode, model, userRequest('Hello')));
      expect(refused.message).toContain(bench.settings.key);
      expect(refused.message).not.toContain('sk-secret-key');
      const unknown = await failureOf(ask(mode, model, userRequest('Hello')));
      expect(unknown.message).toContain('no-such-model');
    });

    test.each(['json', 'html', 'empty'] as const)(
      'garbage (%s) under status 200 is a bad response',
      async (garbage) => {
        bench.simulator.script({ garbage });
        expect(await failureOf(call())).toMatchObject({ code: 'provider_bad_response', fault: 'upstream' });
      },
    );

    test('a proxy’s error page keeps its status, in a message of readable length', async () => {
      bench.simulator.script({ garbage: 'html', status: 502 });
      const error = await failureOf(call());
      expect(error).toMatchObject({ code: 'provider_unavailable', retryable: true });
      expect(error.message).not.toContain('<');
      expect(error.message.length).toBeLessThan(600);
    });

    test('a server that is not there is unavailable, and the message says where it was looked for', async () => {
      const baseUrl = await addressWithoutServer();
      const error = await failureOf(ask(mode, bench.model({ baseUrl }), userRequest('Hello')));
      expect(error).toMatchObject({ code: 'provider_unavailable', fault: 'upstream', retryable: true });
      expect(error.message).toContain(baseUrl);
      expect(error.message).toContain(bench.settings.baseUrl);
    });
  });

  describe('failures inside a stream that began with 200', () => {
    test('an overloaded provider is told by its error, after what it had said', async () => {
      bench.simulator.script({ tokens: 10, errorAfter: 3 });
      const { events, error } = await observeStream(bench.model(), userRequest('Hello'));
      expect(streamedText(events).split(' ')).toHaveLength(3);
      expect(error).toMatchObject({ name: 'TroupeError', fault: 'upstream', retryable: true });
      expect(error).toMatchObject({ code: expect.stringMatching(/^provider_(overloaded|unavailable)$/) });
    });

    test('a rate limit is one there too', async () => {
      bench.simulator.script({ tokens: 10, errorAfter: 1, status: 429 });
      const { error } = await observeStream(bench.model(), userRequest('Hello'));
      expect(error).toMatchObject({ code: 'provider_rate_limited', retryable: true });
    });

    test('before the first token as well', async () => {
      bench.simulator.script({ tokens: 10, errorAfter: 0 });
      const { events, error } = await observeStream(bench.model(), userRequest('Hello'));
      expect(events).toEqual([]);
      expect(error).toMatchObject({ name: 'TroupeError', retryable: true });
    });
  });
}

/** A base URL at which nothing listens: a port that was free a moment ago. */
async function addressWithoutServer(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
