import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database, ensureTenant, generateApiKey, storeApiKey } from '@troupe/database';
import { eventually } from './eventually.js';
import { eventsOf, type FollowedRun, follow } from './follow.js';
import type { Call } from './send-to.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

/** Setting of the server under test: a provider that hangs costs a run no more than this. */
const DEADLINE_SECONDS = 15;
const MEBIBYTE = 1_048_576;

interface Problem {
  code: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: { field: string; message: string }[];
  near_matches?: string[];
}

describe('bad input and bad providers', () => {
  let server: TestServer;
  let pids: Record<string, number>;
  /** Started first and read last, since they take as long as a run may. */
  let hanging: Promise<FollowedRun>[];
  let stuck: Promise<FollowedRun>;
  /** Where the tool of an agent leads: it takes requests and never answers. */
  const silent = createServer();
  const toolsFile = join(tmpdir(), `troupe-tools-${randomUUID()}.json`);

  beforeAll(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const dawdle = {
      name: 'dawdle',
      description: 'Takes its time.',
      parameters: { type: 'object' },
      timeout_ms: 2_000,
    };
    writeFileSync(toolsFile, JSON.stringify([{ ...dawdle, url, effect: 'read' }]));
    server = await startTestServer({
      args: ['--split', '--llm-workers', '2', '--tool-workers', '1'],
      env: { RUN_DEADLINE_SECONDS: String(DEADLINE_SECONDS), TROUPE_TOOLS_FILE: toolsFile },
    });
    pids = server.process.pids();
    const dawdler = { slug: 'dawdler', name: 'Dawdler', definition: { role: 'You dawdle.' }, tools: ['dawdle'] };
    await server.send('POST', '/api/agents', { body: dawdler });
    const calls = { toolCalls: [{ name: 'dawdle', arguments: {} }] };
    server.simulator.setRules([{ when: { lastUserTextIncludes: 'Dawdle', hasTools: true }, reply: calls, times: 1 }]);
    stuck = follow(server.client.interactStream({ message: 'Dawdle', persona_id: 'dawdler' }));
    hanging = ['openai/sim-hang', 'anthropic/sim-tokens-10-hang-5'].map((model) =>
      follow(server.client.interactStream({ message: 'Hang', model })),
    );
  });

  afterAll(async () => {
    await server.stop();
    silent.close().closeAllConnections();
    rmSync(toolsFile);
  });

  async function refused(method: string, path: string, call?: Call): Promise<Problem> {
    const response = await server.send(method, path, call);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({ status: response.status, request_id: response.headers.get('x-request-id') });
    expect(problem.detail).not.toMatch(/\bat .*\.[jt]s:\d|node_modules|SELECT|INSERT/);
    return problem;
  }

  const interact = (body: unknown) => refused('POST', '/api/llm/interact', { body });

  describe('a body', () => {
    test.each<[string, string, number, string, RegExp]>([
      ['that is cut off', '{"message": "hel', 400, 'malformed_json', /line 1/],
      ['that is no JSON', 'message=hello', 400, 'malformed_json', /not valid JSON/],
      ['that is empty', '', 400, 'malformed_json', /empty/],
      [
        'that is too large',
        JSON.stringify({ message: 'x'.repeat(10 * MEBIBYTE) }),
        413,
        'body_too_large',
        /MAX_BODY_BYTES/,
      ],
      [
        'that nests 10,000 deep',
        `{"message": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
        400,
        'invalid_request',
        /nested/,
      ],
      ['of another type', '"hello"', 400, 'invalid_request', /./],
      ['that is a list', '[]', 400, 'invalid_request', /./],
      ['that is null', 'null', 400, 'invalid_request', /./],
    ])('%s', async (_case, body, status, code, detail) => {
      expect(await interact(body)).toMatchObject({ status, code, detail: expect.stringMatching(detail) });
    });

    test('that is no JSON by its type', async () => {
      const call = { body: 'message=hello', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      expect(await refused('POST', '/api/llm/interact', call)).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      });
    });

    test.each<[string, Record<string, unknown>, string]>([
      ['no message', {}, 'message'],
      ['an empty message', { message: '' }, 'message'],
      ['a message of spaces', { message: ' \n\t ' }, 'message'],
      ['a message that is a number', { message: 7 }, 'message'],
      ['a message that is an object', { message: { text: 'hi' } }, 'message'],
      ['stream as text', { message: 'hi', stream: 'yes' }, 'stream'],
      ['a thread_id that is no id', { message: 'hi', thread_id: 'abc' }, 'thread_id'],
      ['a user_id that is a number', { message: 'hi', user_id: 7 }, 'user_id'],
      ['a persona_id that is a list', { message: 'hi', persona_id: ['cherry'] }, 'persona_id'],
      ['a field that there is not', { message: 'hi', persona: 'cherry' }, 'persona'],
      ['stream and background', { message: 'hi', stream: true, background: true }, 'stream'],
    ])('with %s: the field is named', async (_case, body, field) => {
      const problem = await interact(body);
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(problem.errors?.map((error) => error.field)).toEqual([field]);
      expect(problem.detail).toContain(field);
    });

    test.each<[string, string, unknown, string]>([
      [
        '/api/llm/direct',
        'a role that there is not',
        { messages: [{ role: 'wizard', content: 'hi' }] },
        'messages.0.role',
      ],
      ['/api/llm/direct', 'no messages', { messages: [] }, 'messages'],
      [
        '/api/llm/direct',
        'a temperature of text',
        { messages: [{ role: 'user', content: 'hi' }], temperature: 'hot' },
        'temperature',
      ],
      ['/api/agents', 'no role', { name: 'x', definition: {} }, 'definition.role'],
      ['/api/agents/cherry/run', 'no input', {}, 'input'],
      ['/api/chats', 'a title of numbers', { title: 7 }, 'title'],
    ])('of %s with %s', async (path, _case, body, field) => {
      const problem = await refused('POST', path, { body });
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(problem.errors?.map((error) => error.field)).toEqual([field]);
    });

    test('with NUL and halves of characters is stored without them', async () => {
      const body = '{"message": "zero \\u0000 half \\ud83d end \\ud83d\\ude00", "user_id": "u\\u00001"}';
      const response = await server.send('POST', '/api/llm/interact', { body });
      const answer = (await response.json()) as { thread_id: string };

      expect(response.status).toBe(200);
      const { data } = await server.client.threads.messages(answer.thread_id);
      expect(data[0]?.content).toEqual([{ type: 'text', text: 'zero  half \ufffd end 😀' }]);
    });
  });

  describe('a name that there is not', () => {
    test('of a persona, with the near one', async () => {
      const problem = await interact({ message: 'hi', persona_id: 'chery' });
      expect(problem).toMatchObject({ status: 404, code: 'agent_not_found', near_matches: ['cherry'] });
      expect(problem.detail).toContain('Did you mean cherry?');
    });

    test('of a provider, with the near one', async () => {
      const problem = await interact({ message: 'hi', model: 'opnai/gpt-4o' });
      expect(problem).toMatchObject({ status: 422, code: 'model_not_found', near_matches: ['openai/gpt-4o'] });
      expect(problem.detail).toContain('openai/gpt-4o');
    });

    test('of a model without its provider', async () => {
      expect(await interact({ message: 'hi', model: 'gpt-4o' })).toMatchObject({
        status: 422,
        code: 'model_not_found',
      });
    });

    test.each([
      ['GET', '/api/runs/ID', 'run_not_found'],
      ['GET', '/api/runs/ID/events', 'run_not_found'],
      ['GET', '/api/runs/ID/steps', 'run_not_found'],
      ['POST', '/api/runs/ID/cancel', 'run_not_found'],
      ['GET', '/api/threads/ID/messages', 'thread_not_found'],
      ['GET', '/api/chats/ID', 'thread_not_found'],
      ['DELETE', '/api/chats/ID', 'thread_not_found'],
      ['GET', '/api/agents/ID', 'agent_not_found'],
      ['GET', '/api/agents/ID/info', 'agent_not_found'],
      ['GET', '/api/jobs/ID', 'not_found'],
      ['GET', '/api/nothing/ID', 'not_found'],
    ])('%s %s', async (method, path, code) => {
      for (const id of [randomUUID(), 'x', 'a%00b', '%22%20OR%201=1']) {
        expect(await refused(method, path.replace('ID', id))).toMatchObject({ status: 404, code });
      }
    });

    test('of a thread to go on with', async () => {
      const problem = await interact({ message: 'hi', thread_id: randomUUID() });
      expect(problem).toMatchObject({ status: 404, code: 'thread_not_found' });
    });

    test('of a method', async () => {
      const response = await server.send('DELETE', '/api/llm/interact');
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    });

    test('of an event to go on after', async () => {
      const { run_id } = await server.client.interact({ message: 'hi' });
      const problem = await refused('GET', `/api/runs/${run_id}/events`, { headers: { 'last-event-id': 'nonsense' } });
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
    });
  });

  describe('a key', () => {
    test.each<[string, string | null]>([
      ['is missing', null],
      ['is unknown', 'trp_unknown'],
      ['is no key at all', 'x'.repeat(5_000)],
    ])('that %s', async (_case, key) => {
      expect(await refused('GET', '/api/agents', { key })).toMatchObject({ status: 401, code: 'unauthenticated' });
    });

    test("of another tenant finds, changes and infers nothing of the first one's", async () => {
      const key = await keyOfAnotherTenant(server);
      const { client } = server;
      const user_id = `ada-${randomUUID()}`;
      const run = await client.interact({ message: 'My name is Ada.', user_id });
      await client.agents.create({ name: 'Secret', slug: 'secret', definition: { role: 'You keep secrets.' } });
      await eventually('a fact', async () => (await client.users.facts(user_id)).data);
      const { data: before } = await client.threads.messages(run.thread_id);
      const jobId = `${run.run_id}-0-1`;
      expect((await server.send('GET', `/api/jobs/${jobId}`)).status).toBe(200);

      const attempts: [string, string, unknown?][] = [
        ['GET', `/api/runs/${run.run_id}`],
        ['GET', `/api/runs/${run.run_id}/events`],
        ['GET', `/api/runs/${run.run_id}/steps`],
        ['POST', `/api/runs/${run.run_id}/cancel`],
        ['GET', `/api/jobs/${run.run_id}`],
        ['GET', `/api/jobs/${jobId}`],
        ['GET', `/api/threads/${run.thread_id}`],
        ['PATCH', `/api/threads/${run.thread_id}`, { title: 'Mine' }],
        ['DELETE', `/api/threads/${run.thread_id}`],
        ['GET', `/api/threads/${run.thread_id}/messages`],
        ['GET', `/api/threads/${run.thread_id}/runs`],
        ['GET', `/api/chats/${run.thread_id}`],
        ['PUT', `/api/chats/${run.thread_id}`, { conversation: null }],
        ['DELETE', `/api/chats/${run.thread_id}`],
        ['GET', '/api/agents/secret'],
        ['PATCH', '/api/agents/secret', { name: 'Mine' }],
        ['DELETE', '/api/agents/secret'],
        ['POST', '/api/agents/secret/run', { input: 'hi' }],
        ['POST', '/api/llm/interact', { message: 'hi', thread_id: run.thread_id }],
        ['DELETE', `/api/users/${user_id}/facts/name`],
      ];
      for (const [method, path, body] of attempts) {
        const { status } = await refused(method, path, { key, body });
        expect([method, path, status]).toEqual([method, path, 404]);
      }
      for (const path of ['/api/chats', '/api/threads', `/api/users/${user_id}/facts`, '/api/agents']) {
        const response = await server.send('GET', path, { key });
        expect([path, await response.json()]).toEqual([path, { data: [], next_cursor: null }]);
      }
      expect((await client.threads.messages(run.thread_id)).data).toEqual(before);
      expect((await client.users.facts(user_id)).data).toHaveLength(1);
    });
  });

  describe('a provider', () => {
    const failures: [string, string, number, string][] = [
      ['refuses the key', 'openai/sim-status-401', 502, 'provider_authentication_failed'],
      ['does not know the model', 'openai/sim-status-404', 422, 'model_not_found'],
      ['refuses the request', 'anthropic/sim-status-400', 422, 'provider_invalid_request'],
      ['fails', 'openai/sim-status-500', 502, 'provider_unavailable'],
      ['is overloaded', 'anthropic/sim-status-529', 503, 'provider_overloaded'],
      ['answers with a page of HTML', 'openai/sim-html', 502, 'provider_bad_response'],
      ['answers with half a JSON', 'ollama/sim-json', 502, 'provider_bad_response'],
      ['answers nothing', 'openai/sim-empty', 502, 'provider_bad_response'],
      ['sends a broken line', 'anthropic/sim-sse-tokens-5', 502, 'provider_bad_response'],
      ['stops in mid-word', 'openai/sim-tokens-10-cut-5', 502, 'provider_stream_interrupted'],
      ['stops in mid-word (anthropic)', 'anthropic/sim-tokens-10-cut-5', 502, 'provider_stream_interrupted'],
      ['stops in mid-word (ollama)', 'ollama/sim-tokens-10-cut-5', 502, 'provider_stream_interrupted'],
      ['fails in mid-stream', 'openrouter/sim-tokens-10-error-5', 502, 'provider_unavailable'],
    ];

    test('that fails in whichever way ends the run with the reason, for who waits and for who reads events', async () => {
      const startedAt = performance.now();
      const outcomes = await Promise.all(
        failures.map(async ([what, model]) => {
          const [waited, run] = await Promise.all([
            server.send('POST', '/api/llm/interact', { body: { message: what, model } }),
            follow(server.client.interactStream({ message: what, model })),
          ]);
          const problem = (await waited.json()) as Problem & { run_id: string };
          const stored = await server.client.runs.get(problem.run_id);
          return { what, problem, run, stored };
        }),
      );

      expect(performance.now() - startedAt).toBeLessThan((DEADLINE_SECONDS + 5) * 1_000);
      const seen = outcomes.map(({ what, problem }) => [what, problem.status, problem.code]);
      expect(seen).toEqual(failures.map(([what, , status, code]) => [what, status, code]));
      for (const [index, { problem, run, stored }] of outcomes.entries()) {
        const code = failures[index]?.[3];
        expect(problem.detail.length).toBeGreaterThan(20);
        expect(run).toMatchObject({ status: 'failed', error: { code } });
        expect(eventsOf(run.events, 'run.failed')).toHaveLength(1);
        expect(stored.run).toMatchObject({
          status: 'failed',
          stop_reason: expect.stringMatching(/^(provider|server)_error$/),
          error: { code },
          finished_at: expect.any(String),
        });
      }
    });

    test('that failed once costs a run nothing but time', async () => {
      server.simulator.setRules([
        { when: { stream: true, lastUserTextIncludes: 'once' }, reply: { tokens: 10, cutAfter: 5 }, times: 1 },
      ]);
      const run = await follow(server.client.interactStream({ message: 'Fail once, please' }));

      expect(run).toMatchObject({
        status: 'completed',
        text: 'You said: "Fail once, please". I see 1 message of yours.',
      });
      expect(run.types).toEqual(expect.arrayContaining(['run.waiting', 'step.restarted']));
      server.simulator.setRules([]);
    });

    test('that hangs costs a run its deadline', async () => {
      for (const { status, runId } of await Promise.all(hanging)) {
        expect(status).toBe('expired');
        const { run } = await server.client.runs.get(runId);
        expect(run).toMatchObject({ status: 'expired', stop_reason: 'deadline', finished_at: expect.any(String) });
      }
      const waited = server.simulator.requests.filter(({ request }) => request?.lastUserText === 'Hang');
      expect(waited.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted']);
    });
  });

  test('a tool that never ends is given up, and the model is told', async () => {
    const run = await stuck;

    expect(run.status).toBe('completed');
    expect(eventsOf(run.events, 'tool_call.completed')).toMatchObject([
      { name: 'dawdle', status: 'failed', result: expect.stringContaining('took longer than 2000 ms') },
    ]);
  });

  test('a thread that is busy says so, and is free afterwards', async () => {
    const first = await server.client.interactBackground({ message: 'Work', model: 'openai/sim-tokens-20-pace-50' });
    const problem = await interact({ message: 'Me too', thread_id: first.thread_id });

    expect(problem).toMatchObject({ status: 409, code: 'thread_busy' });
    await follow(server.client.runs.events(first.run_id));
    const next = await server.client.interact({ message: 'Now?', thread_id: first.thread_id });
    expect(next.status).toBe('completed');
    expect((await server.client.threads.messages(first.thread_id)).data).toHaveLength(4);
  });

  test('after all of it everybody is served, by the processes of the start', async () => {
    const answer = await server.client.interact({ message: 'Still there?' });

    expect(answer.status).toBe('completed');
    expect(server.process.pids()).toEqual(pids);
    expect(
      server.process.output.filter((line) => /starting it again|exception was not caught|nobody handled/.test(line)),
    ).toEqual([]);
  });
});

async function keyOfAnotherTenant({ services }: TestServer): Promise<string> {
  const database = await Database.connect({
    url: services.databaseUrl ?? '',
    poolSize: 1,
    applicationName: 'test',
    onConnectionError: () => undefined,
  });
  try {
    const key = generateApiKey();
    const tenantId = await ensureTenant(database, 'another');
    await storeApiKey(database, { tenantId, name: 'first', key, role: 'admin' });
    return key;
  } finally {
    await database.close();
  }
}
