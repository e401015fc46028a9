import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunEvent, RunTranscriptFold } from '@troupe/contracts';
import { RUN_EVENTS, RUN_ID, THREAD_ID, TOOL_RUN_EVENTS } from '../fixtures/run-events.js';
import { hangUp, json, problem, ScriptedServer, sse, stream } from '../fixtures/scripted-server.js';
import { TroupeApiError } from './troupe-api-error.js';
import { TroupeClient } from './troupe-client.js';
import { TroupeConnectionError } from './troupe-connection-error.js';

const EVENTS_ROUTE = `GET /api/runs/${RUN_ID}/events`;
const INTERACT_ROUTE = 'POST /api/llm/interact';

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

function textOf(events: readonly RunEvent[]): string {
  const fold = new RunTranscriptFold();
  for (const event of events) fold.add(event);
  return fold.transcript.text;
}

function idsOf(events: readonly RunEvent[]): string[] {
  return events.map(({ id }) => `${id.attempt}-${id.n}`);
}

const ALL_IDS = ['0-1', '1-1', '1-2', '1-3', '1-4', '1-5', '1-6', '1-7'];

describe('TroupeClient', () => {
  let server: ScriptedServer;
  let client: TroupeClient;

  beforeEach(async () => {
    server = await ScriptedServer.start();
    client = new TroupeClient({ baseUrl: `${server.url}/`, apiKey: 'key-1' });
  });
  afterEach(() => server.stop());

  describe('requests', () => {
    it('sends key, body and an Idempotency-Key, and reads the answer', async () => {
      server.on(INTERACT_ROUTE, json({ run_id: RUN_ID, response: 'Hi' }));
      const answer = await client.interact({ message: 'Hello', persona_id: 'cherry' });
      expect(answer.response).toBe('Hi');
      expect(server.requests).toHaveLength(1);
      expect(server.requests[0]).toMatchObject({
        path: '/api/llm/interact',
        body: { message: 'Hello', persona_id: 'cherry' },
        headers: { authorization: 'Bearer key-1', 'content-type': 'application/json' },
      });
      expect(server.requests[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('tells https where nobody speaks it', async () => {
      const baseUrl = server.url.replace('http:', 'https:');
      const failure = new TroupeClient({ baseUrl, maxRetries: 0 }).agents.list();
      await expect(failure).rejects.toThrow(`${baseUrl} cannot be reached: nobody speaks https there; try http`);
    });

    it('sends an output schema, and reads the output', async () => {
      const output_schema = { type: 'object', properties: { title: { type: 'string' } } };
      server.on(INTERACT_ROUTE, json({ run_id: RUN_ID, response: '{"title":"Soup"}', output: { title: 'Soup' } }));
      const { output } = await client.interact({ message: 'A soup', output_schema, limits: { max_requests: 3 } });
      expect(output).toEqual({ title: 'Soup' });
      const run = { final_output: '{}', output: {}, success: true, session_id: 's', run_id: RUN_ID };
      server.on('POST /api/agents/cook/run', json(run));
      expect((await client.agents.run('cook', { input: 'A soup', output_schema })).output).toEqual({});
      expect(server.requests.map(({ body }) => body)).toEqual([
        { message: 'A soup', output_schema, limits: { max_requests: 3 } },
        { input: 'A soup', output_schema },
      ]);
    });

    it('sends batches, and reads their results page by page', async () => {
      const batch = { id: 'b 1', status: 'queued' };
      const results = 'GET /api/llm/batches/b%201/results';
      server.on('POST /api/llm/batches', json(batch, 202));
      const first = json({ data: [{ custom_id: 'a' }, { custom_id: 'b' }], next_cursor: '1' });
      server.on(results, first, json({ data: [{ custom_id: 'c' }], next_cursor: null }));
      server.on('POST /api/llm/batches/b%201/cancel', json({ ...batch, status: 'cancelled' }));
      const items = [{ custom_id: 'a', message: 'Hello' }];
      expect(await client.batches.create({ model: 'openai/gpt-4.1-mini', items })).toEqual(batch);
      const read = await collect(client.batches.results('b 1'));
      expect(read.map(({ custom_id }) => custom_id)).toEqual(['a', 'b', 'c']);
      expect((await client.batches.cancel('b 1')).status).toBe('cancelled');
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/api/llm/batches',
        '/api/llm/batches/b%201/results?limit=100',
        '/api/llm/batches/b%201/results?cursor=1&limit=100',
        '/api/llm/batches/b%201/cancel',
      ]);
    });

    it('asks for the background, and for pages of lists', async () => {
      server.on(INTERACT_ROUTE, json({ run_id: RUN_ID, thread_id: THREAD_ID, status: 'queued' }, 202));
      server.on(`GET /api/threads/${THREAD_ID}/messages`, json({ data: [], next_cursor: null }));
      server.on('GET /api/users/ann%2F1/facts', json({ data: [], next_cursor: null }));
      await client.interactBackground({ message: 'Hello' });
      await client.threads.messages(THREAD_ID, { cursor: 'c 1', limit: 5 });
      await client.users.facts('ann/1');
      expect(server.requests.map(({ path, body }) => [path, body])).toEqual([
        ['/api/llm/interact', { message: 'Hello', background: true }],
        [`/api/threads/${THREAD_ID}/messages?cursor=c+1&limit=5`, undefined],
        ['/api/users/ann%2F1/facts', undefined],
      ]);
    });

    it('works with agents, chats and runs', async () => {
      server.on('POST /api/agents', json({ slug: 'poet' }, 201));
      server.on('DELETE /api/agents/poet', (response) => void response.writeHead(204).end());
      server.on(
        'POST /api/agents/poet/run',
        json({ final_output: 'Roses', success: true, session_id: 's', run_id: RUN_ID }),
      );
      server.on('PUT /api/chats/chat-1', json({ chat_id: 'chat-1', conversation: null }));
      server.on(`POST /api/runs/${RUN_ID}/cancel`, json({ run: { status: 'running' }, response: null }, 202));
      const agent = await client.agents.create({ name: 'Poet', definition: { role: 'You write poems.' } });
      expect(agent.slug).toBe('poet');
      const { final_output } = await client.agents.run('poet', { input: 'Write', session_id: 's' });
      expect(final_output).toBe('Roses');
      await client.agents.delete('poet');
      await client.chats.update('chat-1', { conversation: null });
      expect((await client.runs.cancel(RUN_ID)).run.status).toBe('running');
      expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
        ['POST', { name: 'Poet', definition: { role: 'You write poems.' } }],
        ['POST', { input: 'Write', session_id: 's' }],
        ['DELETE', undefined],
        ['PUT', { conversation: null }],
        ['POST', undefined],
      ]);
    });
  });

  describe('usage and budgets', () => {
    it('asks for a report by what it is told', async () => {
      const report = { data: [], next_cursor: null, totals: { calls: 0 } };
      server.on('GET /api/usage', json(report));
      expect(await client.usage.report()).toEqual(report);
      await client.usage.report({
        groupBy: ['day', 'model'],
        from: '2026-01-01',
        userId: 'ann/1',
        limit: 5,
        cursor: 'c',
      });
      await client.usage.report({ to: '2026-02-01', runId: RUN_ID, threadId: THREAD_ID, agent: 'a', purpose: 'turn' });
      await client.usage.report({ model: 'openai/gpt-4o', provider: 'openai' });
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/api/usage',
        '/api/usage?cursor=c&limit=5&group_by=day%2Cmodel&from=2026-01-01&user_id=ann%2F1',
        `/api/usage?to=2026-02-01&run_id=${RUN_ID}&thread_id=${THREAD_ID}&agent=a&purpose=turn`,
        '/api/usage?model=openai%2Fgpt-4o&provider=openai',
      ]);
    });

    it('makes, reads, changes, lists and deletes budgets', async () => {
      const budget = { id: 'b-1', limit_usd: 5 };
      server.on('POST /api/budgets', json(budget, 201));
      server.on('GET /api/budgets', json({ data: [budget], next_cursor: null }));
      server.on('GET /api/budgets/b-1', json(budget));
      server.on('PATCH /api/budgets/b-1', json({ ...budget, limit_usd: 6 }));
      server.on('DELETE /api/budgets/b-1', (response) => void response.writeHead(204).end());
      const body = { scope: 'user', subject: 'ann', period: 'day', limit_usd: 5 } as const;
      expect(await client.budgets.create(body)).toEqual(budget);
      expect(await client.budgets.list({ limit: 1 })).toMatchObject({ data: [budget] });
      expect(await client.budgets.get('b-1')).toEqual(budget);
      expect(await client.budgets.update('b-1', { limit_usd: 6 })).toMatchObject({ limit_usd: 6 });
      await client.budgets.delete('b-1');
      expect(server.requests.map((request) => [request.method, request.path, request.body])).toEqual([
        ['POST', '/api/budgets', body],
        ['GET', '/api/budgets?limit=1', undefined],
        ['GET', '/api/budgets/b-1', undefined],
        ['PATCH', '/api/budgets/b-1', { limit_usd: 6 }],
        ['DELETE', '/api/budgets/b-1', undefined],
      ]);
    });
  });

  describe('runs', () => {
    it('lists pages of them, filtered', async () => {
      server.on('GET /api/runs', json({ data: [{ id: RUN_ID }], next_cursor: 'c2' }));
      const page = await client.runs.list({ status: 'failed', stopReason: 'poisoned', agent: 'cherry', limit: 1 });
      expect(page).toEqual({ data: [{ id: RUN_ID }], next_cursor: 'c2' });
      await client.runs.list({ cursor: 'c2' });
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/api/runs?limit=1&status=failed&stop_reason=poisoned&agent=cherry',
        '/api/runs?cursor=c2',
      ]);
    });

    it('pauses, resumes and replays one, each under the key that the caller names', async () => {
      const paused = { run: { id: RUN_ID, status: 'waiting', wait_kind: 'pause' }, response: null };
      const again = { run_id: 'run-2', thread_id: THREAD_ID, status: 'queued' };
      server.on(`POST /api/runs/${RUN_ID}/pause`, json(paused));
      server.on(`POST /api/runs/${RUN_ID}/resume`, json({ ...paused, run: { id: RUN_ID, status: 'queued' } }));
      server.on(`POST /api/runs/${RUN_ID}/replay`, json(again, 202));
      expect(await client.runs.pause(RUN_ID, { idempotencyKey: 'key-p' })).toEqual(paused);
      expect((await client.runs.resume(RUN_ID, { idempotencyKey: 'key-r' })).run.status).toBe('queued');
      expect(await client.runs.replay(RUN_ID, {}, { idempotencyKey: 'key-1' })).toEqual(again);
      await client.runs.replay(RUN_ID, { model: 'demo/demo' }, { idempotencyKey: 'key-2' });
      expect(server.requests.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
        ['key-p', undefined],
        ['key-r', undefined],
        ['key-1', {}],
        ['key-2', { model: 'demo/demo' }],
      ]);
    });
  });

  describe('baseUrls', () => {
    let other: ScriptedServer;
    let both: TroupeClient;

    beforeEach(async () => {
      other = await ScriptedServer.start();
      both = new TroupeClient({ baseUrls: [server.url, other.url], apiKey: 'key-1' });
    });
    afterEach(() => other.stop());

    it('goes to the next one when one cannot be reached, and stays there', async () => {
      other.on('POST /api/chats', json({ chat_id: 'chat-1' }, 201));
      server.on('POST /api/chats', hangUp());
      await both.chats.create();
      await both.chats.create();
      expect(server.requests).toHaveLength(1);
      expect(other.requests).toHaveLength(2);
      const [first, second, third] = [...server.requests, ...other.requests].map(
        ({ headers }) => headers['idempotency-key'],
      );
      expect(second).toBe(first);
      expect(third).not.toBe(first);
    });

    it('goes to the next one when one is stopping, and back when that one fails', async () => {
      const away = problem(503, 'server_stopping', 'Stopping', { 'retry-after': '0' });
      server.on('GET /api/agents', away, json({ data: [] }));
      other.on('GET /api/agents', away);
      expect(await both.agents.list()).toEqual({ data: [] });
      expect([server.requests.length, other.requests.length]).toEqual([2, 1]);
    });

    it('stays when the request is at fault', async () => {
      server.on('GET /api/agents', problem(400, 'invalid_request', 'No'));
      await expect(both.agents.list()).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(both.agents.list()).rejects.toMatchObject({ code: 'invalid_request' });
      expect(other.requests).toHaveLength(0);
    });

    it.each(['cut', 'end'] as const)('goes on with a stream at the next one (%s)', async (ending) => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 4), { ending }));
      other.on(EVENTS_ROUTE, stream(RUN_EVENTS.slice(4)));
      expect(idsOf(await collect(both.interactStream({ message: 'Hello' })))).toEqual(ALL_IDS);
      expect(server.requests).toHaveLength(1);
      expect(other.requests.map(({ headers }) => headers['last-event-id'])).toEqual(['1-3']);
    });

    it('moves on once when many requests fail at one', async () => {
      server.on('GET /api/agents', hangUp());
      other.on('GET /api/agents', json({ data: [] }));
      await Promise.all([both.agents.list(), both.agents.list(), both.agents.list()]);
      expect([server.requests.length, other.requests.length]).toEqual([3, 3]);
    });

    it('must not be empty', () => {
      expect(() => new TroupeClient({ baseUrls: [] })).toThrow('no address');
    });
  });

  describe('errors', () => {
    it('turns a problem document into a TroupeApiError', async () => {
      server.on(INTERACT_ROUTE, problem(404, 'agent_not_found', 'There is no agent "chery". Did you mean cherry?'));
      const failure = client.interact({ message: 'Hello' });
      await expect(failure).rejects.toBeInstanceOf(TroupeApiError);
      await expect(failure).rejects.toMatchObject({
        status: 404,
        code: 'agent_not_found',
        message: 'There is no agent "chery". Did you mean cherry?',
        requestId: 'request-1',
      });
      expect(server.requests).toHaveLength(1);
    });

    it('names the run that is in the way', async () => {
      const body = {
        title: 'Busy',
        status: 409,
        detail: 'Busy',
        code: 'thread_busy',
        run_id: RUN_ID,
        thread_id: THREAD_ID,
      };
      server.on(INTERACT_ROUTE, json(body, 409));
      await expect(client.interact({ message: 'Hello', thread_id: THREAD_ID })).rejects.toMatchObject({
        code: 'thread_busy',
        runId: RUN_ID,
        threadId: THREAD_ID,
      });
    });

    it('makes an error of any other page too', async () => {
      server.on('GET /api/agents', (response) => void response.writeHead(502).end('<h1>Bad\n gateway</h1>'));
      await expect(client.agents.list()).rejects.toMatchObject({
        status: 502,
        code: 'unknown',
        detail: 'The answer was 502 Bad Gateway: <h1>Bad gateway</h1>',
      });
    });

    it('says what is wrong when nothing listens', async () => {
      const nobody = new TroupeClient({ baseUrl: server.url, maxRetries: 0 });
      await server.stop();
      const failure = nobody.agents.list();
      await expect(failure).rejects.toBeInstanceOf(TroupeConnectionError);
      await expect(failure).rejects.toThrow(`${server.url} cannot be reached: connect ECONNREFUSED`);
    });

    it('does not take half an answer for one', async () => {
      server.on('GET /api/agents', (response) => void response.writeHead(200).end('{"data":['));
      await expect(client.agents.list()).rejects.toThrow('not JSON or not whole');
    });
  });

  describe('retries', () => {
    it('sends again after a broken connection, with the same Idempotency-Key', async () => {
      server.on(INTERACT_ROUTE, hangUp(), json({ response: 'Hi' }));
      expect(await client.interact({ message: 'Hello' })).toEqual({ response: 'Hi' });
      const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
      expect(keys).toHaveLength(2);
      expect(keys[0]).toBe(keys[1]);
    });

    it('waits as long as Retry-After says', async () => {
      server.on(
        'GET /api/agents',
        problem(429, 'provider_rate_limited', 'Later', { 'retry-after': '1' }),
        json({ data: [] }),
      );
      const begin = performance.now();
      await client.agents.list();
      expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
    });

    it('gives up at once when the wait would be long', async () => {
      server.on('GET /api/agents', problem(503, 'database_unavailable', 'Later', { 'retry-after': '3600' }));
      await expect(client.agents.list()).rejects.toMatchObject({ status: 503, retryAfterMs: 3_600_000 });
      expect(server.requests).toHaveLength(1);
    });

    it('gives up after its number of retries', async () => {
      server.on('GET /api/agents', problem(503, 'database_unavailable', 'Later', { 'retry-after': '0' }));
      await expect(client.agents.list()).rejects.toMatchObject({ code: 'database_unavailable' });
      expect(server.requests).toHaveLength(4);
    });

    it.each([
      [400, 'invalid_request'],
      [409, 'idempotency_key_in_use'],
      [500, 'internal_error'],
    ])('does not send again after %i %s', async (status, code) => {
      server.on(INTERACT_ROUTE, problem(status, code, 'No'));
      await expect(client.interact({ message: 'Hello' })).rejects.toMatchObject({ code });
      expect(server.requests).toHaveLength(1);
    });

    it('waits for its own first sending, whose connection broke', async () => {
      server.on(INTERACT_ROUTE, hangUp(), problem(409, 'idempotency_key_in_use', 'Wait'), json({ response: 'Hi' }));
      expect(await client.interact({ message: 'Hello' })).toEqual({ response: 'Hi' });
    });

    it('stops waiting when it is aborted', async () => {
      server.on('GET /api/agents', problem(503, 'database_unavailable', 'Later', { 'retry-after': '20' }));
      const signal = AbortSignal.timeout(100);
      await expect(client.agents.list({ signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    });
  });

  describe('interactStream', () => {
    it.each([1, 2, 3, 7, 64, 100_000])('reads events however they are cut: chunks of %i bytes', async (chunkBytes) => {
      server.on(INTERACT_ROUTE, stream([': heartbeat\n\n', ...RUN_EVENTS], { chunkBytes }));
      const events = await collect(client.interactStream({ message: 'Hello' }));
      expect(idsOf(events)).toEqual(ALL_IDS);
      expect(textOf(events)).toBe('Grüße 👋 there');
      expect(server.requests[0]?.body).toEqual({ message: 'Hello', stream: true });
    });

    it('reads CRLF line ends', async () => {
      const events = RUN_EVENTS.map((event) => event.replaceAll('\n', '\r\n'));
      server.on(INTERACT_ROUTE, stream(events, { chunkBytes: 5 }));
      expect(idsOf(await collect(client.interactStream({ message: 'Hello' })))).toEqual(ALL_IDS);
    });

    it('ends at the terminal event even when the connection stays open', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS, { ending: 'open' }));
      expect(await collect(client.interactStream({ message: 'Hello' }))).toHaveLength(8);
    });

    it.each(['cut', 'end'] as const)('resumes after the last event when the connection breaks (%s)', async (ending) => {
      const half = `${RUN_EVENTS[4]}`.slice(0, 30);
      server.on(INTERACT_ROUTE, stream([...RUN_EVENTS.slice(0, 4), half], { ending }));
      server.on(EVENTS_ROUTE, stream(RUN_EVENTS.slice(4, 6), { ending }), stream(RUN_EVENTS.slice(6)));
      const events = await collect(client.interactStream({ message: 'Hello' }));
      expect(idsOf(events)).toEqual(ALL_IDS);
      expect(textOf(events)).toBe('Grüße 👋 there');
      expect(server.requests.map(({ method, headers }) => [method, headers['last-event-id']])).toEqual([
        ['POST', undefined],
        ['GET', '1-3'],
        ['GET', '1-5'],
      ]);
    });

    it('comes back no sooner than the server that stops asks for', async () => {
      const drained = stream([...RUN_EVENTS.slice(0, 4), 'retry: 1000\n\n']);
      server.on(INTERACT_ROUTE, drained);
      server.on(EVENTS_ROUTE, stream(RUN_EVENTS.slice(4)));
      const begin = performance.now();
      expect(idsOf(await collect(client.interactStream({ message: 'Hello' })))).toEqual(ALL_IDS);
      expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
      expect(server.requests[1]?.headers['last-event-id']).toBe('1-3');
    });

    it('outlasts any number of servers that say that they stop, however quiet the run', async () => {
      const drained = stream(['retry: 1\n\n']);
      server.on(EVENTS_ROUTE, ...Array.from({ length: 9 }, () => drained), stream(RUN_EVENTS));
      expect(idsOf(await collect(client.runs.events(RUN_ID)))).toEqual(ALL_IDS);
      expect(server.requests).toHaveLength(10);
    });

    it('waits as long as Retry-After says before it goes on', async () => {
      server.on(EVENTS_ROUTE, problem(503, 'server_stopping', 'Later', { 'retry-after': '1' }), stream(RUN_EVENTS));
      const begin = performance.now();
      expect(await collect(client.runs.events(RUN_ID))).toHaveLength(8);
      expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
    });

    it('ends without an event when the reader has them all', async () => {
      server.on(EVENTS_ROUTE, stream([]));
      server.on(`GET /api/runs/${RUN_ID}`, json({ run: { status: 'completed' }, response: 'Hi' }));
      expect(await collect(client.runs.events(RUN_ID, { after: { attempt: 1, n: 7 } }))).toEqual([]);
      expect(server.requests).toHaveLength(3);
    });

    it('misses no event of a run that ended behind an empty body', async () => {
      server.on(EVENTS_ROUTE, stream([]), stream([]), stream(RUN_EVENTS.slice(6)));
      server.on(
        `GET /api/runs/${RUN_ID}`,
        json({ run: { status: 'running' } }),
        json({ run: { status: 'completed' } }),
      );
      const events = await collect(client.runs.events(RUN_ID, { after: { attempt: 1, n: 5 } }));
      expect(idsOf(events)).toEqual(['1-6', '1-7']);
    });

    it('yields an event once, even when the server repeats it', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 5), { ending: 'cut' }));
      server.on(EVENTS_ROUTE, stream(RUN_EVENTS.slice(2)));
      expect(idsOf(await collect(client.interactStream({ message: 'Hello' })))).toEqual(ALL_IDS);
    });

    it('passes on what withdraws text, so that answers are not glued together', async () => {
      server.on(INTERACT_ROUTE, stream(TOOL_RUN_EVENTS));
      expect(textOf(await collect(client.interactStream({ message: 'Hello' })))).toBe('42');
    });

    it('forgets what it has when the server no longer has the rest, and takes the outcome', async () => {
      const data = { run_id: RUN_ID, status: 'completed', response: 'Grüße 👋 there', message_id: 'message-1' };
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 4), { ending: 'cut' }));
      server.on(EVENTS_ROUTE, stream([sse('stream.reset', data, '1-6'), ...RUN_EVENTS.slice(7)]));
      const events = await collect(client.interactStream({ message: 'Hello' }));
      expect(events.map(({ type }) => type)).toEqual([
        'run.queued',
        'run.started',
        'step.started',
        'text.delta',
        'stream.reset',
        'run.completed',
      ]);
      expect(textOf(events)).toBe('Grüße 👋 there');
    });

    it('starts the same run again when the connection breaks before its first event', async () => {
      server.on(INTERACT_ROUTE, stream([': nothing yet\n\n'], { ending: 'cut' }), stream(RUN_EVENTS));
      expect(await collect(client.interactStream({ message: 'Hello' }))).toHaveLength(8);
      const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
      expect(new Set(keys).size).toBe(1);
      expect(keys).toHaveLength(2);
    });

    it('rides out a server that restarts, and gives up when the run is unknown', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 3), { ending: 'cut' }));
      server.on(
        EVENTS_ROUTE,
        hangUp(),
        problem(503, 'database_unavailable', 'Later'),
        problem(404, 'run_not_found', 'Gone'),
      );
      await expect(collect(client.interactStream({ message: 'Hello' }))).rejects.toMatchObject({
        code: 'run_not_found',
      });
      expect(server.requests).toHaveLength(4);
    });

    it('tries to start a run as often as it was told to, and no more', async () => {
      server.on(INTERACT_ROUTE, hangUp(), hangUp(), stream(RUN_EVENTS));
      const patient = new TroupeClient({ baseUrl: server.url, maxRetries: 1 });
      await expect(collect(patient.interactStream({ message: 'Hello' }))).rejects.toBeInstanceOf(TroupeConnectionError);
      expect(server.requests).toHaveLength(2);
    });

    it('throws what the server says before the stream begins', async () => {
      server.on(INTERACT_ROUTE, problem(401, 'unauthenticated', 'No key'));
      await expect(collect(client.interactStream({ message: 'Hello' }))).rejects.toMatchObject({ status: 401 });
      expect(server.requests).toHaveLength(1);
    });

    it('closes the connection when the reader leaves', async () => {
      let closed: () => void = () => undefined;
      const connectionClosed = new Promise<void>((resolve) => {
        closed = resolve;
      });
      server.on(INTERACT_ROUTE, async (response, request) => {
        response.on('close', closed);
        await stream(RUN_EVENTS.slice(0, 4), { ending: 'open' })(response, request);
      });
      for await (const event of client.interactStream({ message: 'Hello' })) if (event.type === 'text.delta') break;
      await connectionClosed;
      expect(server.requests).toHaveLength(1);
    });

    it('stops with the reason of its signal', async () => {
      server.on(INTERACT_ROUTE, stream(RUN_EVENTS.slice(0, 4), { ending: 'open' }));
      const abort = new AbortController();
      const seen: string[] = [];
      const reading = (async () => {
        for await (const event of client.interactStream({ message: 'Hello' }, { signal: abort.signal })) {
          seen.push(event.type);
          if (event.type === 'text.delta') abort.abort(new Error('enough'));
        }
      })();
      await expect(reading).rejects.toThrow('enough');
      expect(seen).toEqual(['run.queued', 'run.started', 'step.started', 'text.delta']);
    });

    it('follows a known run from an event on', async () => {
      server.on(EVENTS_ROUTE, stream(RUN_EVENTS.slice(3)));
      const events = await collect(client.runs.events(RUN_ID, { after: { attempt: 1, n: 2 } }));
      expect(idsOf(events)).toEqual(ALL_IDS.slice(3));
      expect(server.requests[0]?.headers['last-event-id']).toBe('1-2');
    });

    it('does not take another format for a stream', async () => {
      server.on(EVENTS_ROUTE, json({}, 200));
      const failure = collect(client.runs.events(RUN_ID));
      await expect(failure).rejects.toThrow('application/json where text/event-stream was expected');
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('directStream', () => {
    const call = { messages: [{ role: 'user' as const, content: 'Hello' }] };
    const completed = sse('message.completed', { model: 'demo/demo', stop_reason: 'end_turn', usage: {} });

    it('yields deltas and the end', async () => {
      server.on('POST /api/llm/direct', stream([sse('text.delta', { delta: 'Hi' }), completed], { chunkBytes: 4 }));
      expect(await collect(client.directStream(call))).toEqual([
        { type: 'text.delta', data: { delta: 'Hi' } },
        { type: 'message.completed', data: { model: 'demo/demo', stop_reason: 'end_turn', usage: {} } },
      ]);
      expect(server.requests[0]?.body).toEqual({ ...call, stream: true });
    });

    it('throws an error of the stream', async () => {
      const failed = sse('error', { code: 'provider_overloaded', message: 'Too much' });
      server.on('POST /api/llm/direct', stream([sse('text.delta', { delta: 'Hi' }), failed]));
      await expect(collect(client.directStream(call))).rejects.toMatchObject({
        code: 'provider_overloaded',
        message: 'Too much',
        requestId: 'request-1',
      });
    });

    it.each(['cut', 'end'] as const)('throws when it stops before the end (%s)', async (ending) => {
      server.on('POST /api/llm/direct', stream([sse('text.delta', { delta: 'Hi' })], { ending }));
      await expect(collect(client.directStream(call))).rejects.toBeInstanceOf(TroupeConnectionError);
      expect(server.requests).toHaveLength(1);
    });
  });
});
