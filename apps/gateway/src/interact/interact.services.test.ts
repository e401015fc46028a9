import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type InteractResponse, newId, type RunResult, TroupeError } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { eventsOf, eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
});

afterAll(() => gateway?.stop());

/** A turn that a test leaves behind would answer the next one. */
afterEach(() => {
  gateway.worker.resume();
  gateway.model.assertDone();
});

function interact(body: object, options: CallOptions = {}): Promise<Response> {
  return gateway.call('POST', '/api/llm/interact', { body, ...options });
}

async function answered(body: object, options?: CallOptions): Promise<InteractResponse> {
  const response = await interact(body, options);
  expect(response.status).toBe(200);
  return (await response.json()) as InteractResponse;
}

async function runOf(id: string): Promise<RunResult> {
  return (await (await gateway.call('GET', `/api/runs/${id}`)).json()) as RunResult;
}

/** Until the run has ended. */
async function endOf(id: string): Promise<RunResult> {
  await (await gateway.call('GET', `/api/runs/${id}/events`)).text();
  return runOf(id);
}

async function runOfThread(id: string): Promise<{ id: string; status: string } | undefined> {
  const runs = await (await gateway.call('GET', `/api/threads/${id}/runs`)).json();
  return (runs as { data: { id: string; status: string }[] }).data[0];
}

/** Sends a request; what it gives back ends it before it is answered. */
function sendAndLeave(body: object): () => Promise<void> {
  const leaving = new AbortController();
  const answered = fetch(`${gateway.url}/api/llm/interact`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: leaving.signal,
  }).then((response) => response.text());
  const left = expect(answered).rejects.toThrow('aborted');
  return async () => {
    leaving.abort();
    await left;
  };
}

async function untilNobodyFollows(runId: string): Promise<void> {
  await eventually(async () => {
    const [, followers] = await gateway.commands.pubsub('NUMSUB', `run:${runId}`);
    return followers === 0 ? true : undefined;
  });
}

test('who waits gets the answer, and the thread goes on', async () => {
  gateway.model.enqueue(answer('First.'), answer('Second.'));
  const first = await answered({ message: 'Hello', persona_id: 'cherry' });
  expect(first).toEqual({
    run_id: expect.any(String),
    thread_id: expect.any(String),
    message_id: expect.any(String),
    status: 'completed',
    stop_reason: 'end_turn',
    response: 'First.',
    model: 'scripted/model',
    usage: expect.objectContaining({ input_tokens: 10, output_tokens: 5, total_tokens: 15 }),
  });
  const second = await answered({ message: 'And?', thread_id: first.thread_id });
  expect(second.thread_id).toBe(first.thread_id);
  expect((await runOf(second.run_id)).run.agent).toBe('cherry');
  expect(gateway.model.requests.at(-1)?.messages).toHaveLength(3);
});

test('fields that are null count as absent', async () => {
  gateway.model.enqueue(answer('Hi.'));
  const body = { message: 'Hello', user_id: null, persona_id: null, thread_id: null, model: null, stream: null };
  expect((await answered(body)).response).toBe('Hi.');
});

test.each<[string, object, Record<string, string>]>([
  ['the field', { stream: true }, {}],
  ['the Accept header', {}, { accept: 'text/event-stream' }],
])('%s asks for a stream, which has every event from the first to the last', async (_case, fields, headers) => {
  gateway.model.enqueue(answer('One two three.'));
  const response = await interact({ message: 'Count', ...fields }, { headers: { 'x-request-id': 'mine', ...headers } });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    'x-request-id': 'mine',
  });
  const events = await eventsOf(response);
  const run_id = response.headers.get('x-run-id');
  const thread_id = response.headers.get('x-thread-id');
  expect(events[0]).toEqual({
    type: 'run.queued',
    id: { attempt: 0, n: 1 },
    data: { run_id, thread_id, agent: 'assistant' },
  });
  expect(events.map(({ id }) => id.n)).toEqual([1, ...events.slice(1).map((_event, index) => index + 1)]);
  expect(events.flatMap((event) => (event.type === 'text.delta' ? [event.data.delta] : [])).join('')).toBe(
    'One two three.',
  );
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', data: { run_id, thread_id } });
});

test('in the background it answers at once, and the run is at Location', async () => {
  gateway.model.enqueue(answer('Later.'));
  const response = await interact({ message: 'Hello', background: true });
  expect(response.status).toBe(202);
  const accepted = (await response.json()) as { run_id: string };
  expect(accepted).toMatchObject({ thread_id: expect.any(String), status: 'queued' });
  expect(response.headers.get('location')).toBe(`/api/runs/${accepted.run_id}`);
  expect(await endOf(accepted.run_id)).toMatchObject({ run: { status: 'completed' }, response: 'Later.' });
});

test('a run that fails is answered with its error, its ids, and when to try again', async () => {
  const error = { code: 'provider_overloaded', fault: 'upstream', message: 'Too much.', retryable: true } as const;
  gateway.model.enqueue({ type: 'error', error: new TroupeError(error) });
  const response = await interact({ message: 'Hello' });
  expect(response.status).toBe(503);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({
    code: 'provider_overloaded',
    detail: 'Too much.',
    run_id: expect.any(String),
    thread_id: expect.any(String),
    request_id: response.headers.get('x-request-id'),
  });
});

test('a failure inside the server keeps its text to itself', async () => {
  gateway.model.enqueue({ type: 'error', error: new Error('secret of the house') });
  const text = await (await interact({ message: 'Hello' })).text();
  expect(text).toContain('internal_error');
  expect(text).not.toContain('secret of the house');
});

test('a thread that works on a run is busy', async () => {
  gateway.model.enqueue({ type: 'hang' });
  const asked = gateway.model.requests.length;
  const first = (await (await interact({ message: 'Hello', background: true })).json()) as InteractResponse;
  // Cancelled while it is queued, the run would leave its turn in the script, to the run of another test.
  await eventually(async () => (gateway.model.requests.length > asked ? true : undefined));
  const refused = await interact({ message: 'And?', thread_id: first.thread_id });
  expect(refused.status).toBe(409);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ code: 'thread_busy', thread_id: first.thread_id });
  await gateway.call('POST', `/api/runs/${first.run_id}/cancel`);
  expect((await endOf(first.run_id)).run.status).toBe('cancelled');
});

test('a run that is cancelled is a conflict for who waits for it', async () => {
  gateway.model.enqueue({ type: 'hang' });
  const thread = (await (await gateway.call('POST', '/api/threads', { body: {} })).json()) as { id: string };
  const waiting = interact({ message: 'Hello', thread_id: thread.id });
  const run = await eventually(async () => {
    const runs = await (await gateway.call('GET', `/api/threads/${thread.id}/runs`)).json();
    return (runs as { data: { id: string; status: string }[] }).data.find(({ status }) => status === 'running');
  });
  await gateway.call('POST', `/api/runs/${run.id}/cancel`);
  const response = await waiting;
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: 'run_cancelled', run_id: run.id });
});

test.each<[string, object]>([
  ['waits', {}],
  ['streams', { stream: true }],
])('a caller who %s and leaves is not followed for any more, and the run goes on', async (_case, fields) => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('Nobody hears this.'));
  const thread = (await (await gateway.call('POST', '/api/threads', { body: {} })).json()) as { id: string };
  const leave = sendAndLeave({ message: 'Hello', thread_id: thread.id, ...fields });
  const run = await eventually(() => runOfThread(thread.id));
  await leave();
  await untilNobodyFollows(run.id);
  gateway.worker.resume();
  expect(await endOf(run.id)).toMatchObject({ run: { status: 'completed' }, response: 'Nobody hears this.' });
});

test.each<[string, object]>([
  ['waits', {}],
  ['streams', { stream: true }],
])('so is a caller who %s and leaves before the run is stored', async (_case, fields) => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('Nobody hears this.'));
  const thread = (await (await gateway.call('POST', '/api/threads', { body: {} })).json()) as { id: string };
  await gateway.database.transaction(async (transaction) => {
    await transaction.query({ name: 'test-lock-thread', text: 'SELECT FROM threads WHERE id = $1 FOR UPDATE' }, [
      thread.id,
    ]);
    const leave = sendAndLeave({ message: 'Hello', thread_id: thread.id, ...fields });
    await eventually(async () => {
      const text = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      return (await gateway.database.query({ name: 'test-waiting', text }, []))[0];
    });
    await leave();
    // What comes later has been answered, so the gateway knows by now.
    await gateway.call('GET', '/readyz');
  });
  const run = await eventually(() => runOfThread(thread.id));
  await untilNobodyFollows(run.id);
  gateway.worker.resume();
  expect(await endOf(run.id)).toMatchObject({ run: { status: 'completed' }, response: 'Nobody hears this.' });
});

test('the same Idempotency-Key runs once, however it is asked for', async () => {
  gateway.model.enqueue(answer('Once.'));
  const body = { message: 'Hello' };
  const headers = { 'idempotency-key': newId() };
  const first = await answered(body, { headers });
  expect(await answered(body, { headers })).toEqual(first);
  const stream = await interact(body, { headers: { ...headers, accept: 'text/event-stream' } });
  const events = await eventsOf(stream);
  expect(events[0]).toMatchObject({ type: 'run.queued', data: { run_id: first.run_id } });
  expect(events.at(-1)).toMatchObject({ type: 'run.completed' });
  gateway.model.assertDone();
});

test('a key in the background tells how far its run is', async () => {
  gateway.model.enqueue(answer('Once.'));
  const options = { headers: { 'idempotency-key': newId() } };
  const body = { message: 'Hello', background: true };
  const first = (await (await interact(body, options)).json()) as { run_id: string };
  await endOf(first.run_id);
  expect(await (await interact(body, options)).json()).toEqual({ ...first, status: 'completed' });
});

test('a key whose run has not ended is in use, and one with another body is not to be reused', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(answer('Once.'));
  const headers = { 'idempotency-key': newId() };
  const thread = (await (await gateway.call('POST', '/api/threads', { body: {} })).json()) as { id: string };
  const body = { message: 'Hello', thread_id: thread.id };
  const waiting = interact(body, { headers });
  // Sent at once, the second might be the first.
  await eventually(() => runOfThread(thread.id));
  const second = await interact(body, { headers });
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ code: 'idempotency_key_in_use', run_id: expect.any(String) });
  const other = await interact({ message: 'Something else' }, { headers });
  expect([other.status, await other.json()]).toEqual([
    422,
    expect.objectContaining({ code: 'idempotency_key_reused' }),
  ]);
  gateway.worker.resume();
  expect((await waiting).status).toBe(200);
});

test("another tenant's thread is as unknown as any", async () => {
  gateway.model.enqueue(answer('Mine.'));
  const { thread_id } = await answered({ message: 'Hello' });
  for (const thread of [thread_id, newId()]) {
    const response = await interact({ message: 'Hello', thread_id: thread }, { key: gateway.otherTenantKey });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'thread_not_found',
      detail: expect.stringContaining(`There is no thread ${thread}.`),
    });
  }
});

test('a thread whose agent was deleted says so, and goes on with another agent', async () => {
  gateway.model.enqueue(answer('Mine.'), answer('Yours.'));
  await gateway.call('POST', '/api/agents', { body: { slug: 'brief', name: 'Brief', definition: { role: 'Brief.' } } });
  const { thread_id } = await answered({ message: 'Hello', persona_id: 'brief' });
  expect((await gateway.call('DELETE', '/api/agents/brief')).status).toBe(204);
  const refused = await interact({ message: 'And?', thread_id });
  expect([refused.status, await refused.json()]).toMatchObject([
    404,
    { code: 'agent_not_found', detail: expect.stringContaining('was deleted'), agent: 'brief', thread_id },
  ]);
  expect((await answered({ message: 'And?', thread_id, persona_id: 'assistant' })).response).toBe('Yours.');
});

test('a message of spaces is refused as an empty one is', async () => {
  for (const message of ['', ' ', ' \n\t\u00a0']) {
    const response = await interact({ message });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'invalid_request', errors: [{ field: 'message', message: 'message should not be empty.' }] },
    ]);
  }
});

test('a byte order mark before the body is ignored', async () => {
  gateway.model.enqueue(answer('Hi.'));
  const response = await gateway.call('POST', '/api/llm/interact', { body: '\ufeff{"message": "Hello"}' });
  expect(await response.json()).toMatchObject({ response: 'Hi.' });
});

test('an unknown persona or model stores nothing', async () => {
  const count = async () =>
    (await gateway.database.query({ name: 'test-runs', text: 'SELECT id FROM runs' }, [])).length;
  const before = await count();
  expect((await interact({ message: 'Hello', persona_id: 'chery' })).status).toBe(404);
  expect((await interact({ message: 'Hello', model: 'nobody/knows' })).status).toBe(422);
  expect(await count()).toBe(before);
});
