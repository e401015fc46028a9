import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import { readRun } from '@troupe/database';
import { answer } from '@troupe/testing';
import { eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import { chunksOf, framesOf, textOfChunks } from './chat-stream.test-reader.js';

const HELLO = [{ role: 'user', content: 'Hello' }];

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());

function chat(body: object, options: CallOptions = {}): Promise<Response> {
  return gateway.call('POST', '/v1/chat/completions', { body: { model: 'agent/cherry', ...body }, ...options });
}

async function said(response: Response): Promise<string> {
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? '';
}

/** What the thread of an answer holds: role and first text of each message. */
async function threadOf(response: Response): Promise<[role: string, text: string][]> {
  const id = response.headers.get('x-troupe-thread');
  const listed = await gateway.call('GET', `/api/threads/${id}/messages?limit=100`);
  const { data } = (await listed.json()) as { data: { role: string; content: { text: string }[] }[] };
  return data.map(({ role, content }) => [role, content.map(({ text }) => text).join('')]);
}

const lastRequest = () => gateway.model.requests.at(-1);

describe('an agent as a model', () => {
  test('answers with a run on a thread of its own', async () => {
    gateway.model.enqueue(answer('Hi.'));
    const response = await chat({ messages: HELLO, user: 'ada' });
    expect(response.status).toBe(200);
    const runId = response.headers.get('x-troupe-run') ?? '';
    const threadId = response.headers.get('x-troupe-thread');
    expect(await response.clone().json()).toEqual({
      id: `chatcmpl-${runId}`,
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'agent/cherry',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi.', refusal: null },
          finish_reason: 'stop',
          logprobs: null,
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
    const run = await (await gateway.call('GET', `/api/runs/${runId}`)).json();
    expect(run).toMatchObject({ run: { agent: 'cherry', thread_id: threadId, user_id: 'ada', status: 'completed' } });
    expect(await threadOf(response)).toEqual([
      ['user', 'Hello'],
      ['assistant', 'Hi.'],
    ]);
  });

  test('streams its text, with the usage at the end where it is asked for', async () => {
    gateway.model.enqueue(answer('One two three.'));
    const response = await chat({ messages: HELLO, stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-request-id')).toBeTruthy();
    const text = await response.text();
    const chunks = chunksOf(text);
    expect(framesOf(text).at(-1)).toBe('[DONE]');
    expect(textOfChunks(chunks)).toBe('One two three.');
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    const { id, created, model, object } = chunks[0] ?? {};
    for (const chunk of chunks) expect(chunk).toMatchObject({ id, created, model, object });
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason ?? null).filter(Boolean)).toEqual(['stop']);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } });
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(1).map(() => null));
  });

  test('says nothing of usage unless it is asked to', async () => {
    gateway.model.enqueue(answer('Hi.'));
    const chunks = chunksOf(await (await chat({ messages: HELLO, stream: true })).text());
    for (const chunk of chunks) expect(chunk).not.toHaveProperty('usage');
  });

  test('fields that nobody knows are ignored, and null is absent', async () => {
    gateway.model.enqueue(answer('Hi.'));
    const response = await chat({
      messages: [{ role: 'user', content: 'Hello', name: 'Ada', cache: true }],
      n: 1,
      logit_bias: {},
      chat_id: 'x',
      seed: 7,
      stream: null,
      tools: [{ type: 'function', function: { name: 'mine', parameters: {} } }],
    });
    expect(response.status).toBe(200);
    expect(lastRequest()?.tools?.map(({ name }) => name) ?? []).not.toContain('mine');
  });
});

describe('a history', () => {
  const HISTORY = [
    { role: 'system', content: 'Speak Latin.' },
    { role: 'user', content: 'One' },
    { role: 'assistant', content: 'Two' },
    { role: 'user', content: [{ type: 'text', text: 'Three' }] },
  ];

  test('is put on the new thread, and only the last message is the input', async () => {
    gateway.model.enqueue(answer('Four'));
    const response = await chat({ messages: HISTORY });
    expect(await threadOf(response)).toEqual([
      ['system', 'Speak Latin.'],
      ['user', 'One'],
      ['assistant', 'Two'],
      ['user', 'Three'],
      ['assistant', 'Four'],
    ]);
    expect(lastRequest()?.system).toContain('Speak Latin.');
    expect(lastRequest()?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(await said(response)).toBe('Four');
  });

  test.each(['x-troupe-thread', 'x-openwebui-chat-id'])('is told once where %s names the thread', async (header) => {
    const headers = { [header]: newId() };
    gateway.model.enqueue(answer('Four'), answer('Six'));
    const first = await chat({ messages: HISTORY }, { headers });
    const all = [...HISTORY, { role: 'assistant', content: 'Four' }, { role: 'user', content: 'Five' }];
    const second = await chat({ messages: all }, { headers });
    expect(second.headers.get('x-troupe-thread')).toBe(first.headers.get('x-troupe-thread'));
    expect((await threadOf(second)).map(([, text]) => text)).toEqual([
      'Speak Latin.',
      'One',
      'Two',
      'Three',
      'Four',
      'Five',
      'Six',
    ]);
  });

  test('need not be told at all on a thread, which is found by its id too', async () => {
    gateway.model.enqueue(answer('Hi.'), answer('Fine.'));
    const first = await chat({ messages: HELLO });
    const headers = { 'x-troupe-thread': first.headers.get('x-troupe-thread') ?? '' };
    const second = await chat({ messages: [{ role: 'user', content: 'How are you?' }] }, { headers });
    expect((await threadOf(second)).map(([, text]) => text)).toEqual(['Hello', 'Hi.', 'How are you?', 'Fine.']);
  });

  test('a chat that has no name yet shares no thread with others', async () => {
    gateway.model.enqueue(answer('Hi.'), answer('Hi.'));
    const headers = { 'x-troupe-thread': 'new' };
    const [one, other] = [await chat({ messages: HELLO }, { headers }), await chat({ messages: HELLO }, { headers })];
    expect(one.headers.get('x-troupe-thread')).not.toBe(other.headers.get('x-troupe-thread'));
  });

  test('what a user wrote in several messages since the last answer is one input', async () => {
    gateway.model.enqueue(answer('Hi.'));
    const messages = [...HELLO, { role: 'user', content: 'Are you there?' }];
    const response = await chat({ messages }, { headers: { 'x-troupe-thread': newId() } });
    expect((await threadOf(response))[0]).toEqual(['user', 'Hello\n\nAre you there?']);
  });

  test("of another tenant's thread nothing is known: the name begins a thread", async () => {
    gateway.model.enqueue(answer('Hi.'));
    const first = await chat({ messages: HELLO });
    const headers = { 'x-troupe-thread': first.headers.get('x-troupe-thread') ?? '' };
    const key = gateway.otherTenantKey;
    const body = { name: 'Theirs', slug: 'theirs', definition: { role: 'You keep company.' } };
    await gateway.call('POST', '/api/agents', { body, key });
    gateway.model.enqueue(answer('Hi.'));
    const other = await chat({ messages: HELLO, model: 'agent/theirs' }, { headers, key });
    expect(other.status).toBe(200);
    expect(other.headers.get('x-troupe-thread')).not.toBe(first.headers.get('x-troupe-thread'));
    expect(await threadOf(first)).toHaveLength(2);
  });

  test('tool calls and results of the client are history like any other', async () => {
    gateway.model.enqueue(answer('Sunny.'));
    const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } };
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'sun' },
      { role: 'user', content: 'So?' },
    ];
    await chat({ messages });
    expect(lastRequest()?.messages.slice(1, 3)).toEqual([
      { role: 'assistant', content: [expect.objectContaining({ type: 'tool_call', arguments: { city: 'Rome' } })] },
      { role: 'tool', content: [expect.objectContaining({ tool_call_id: 'c1', name: 'weather', content: 'sun' })] },
    ]);
  });
});

describe('what a person did not say', () => {
  test("a task is answered by the agent's model, and no thread hears of it", async () => {
    gateway.model.enqueue(answer('A title'));
    const headers = { 'x-troupe-task': 'title_generation', 'x-openwebui-chat-id': newId() };
    const response = await chat({ messages: [{ role: 'user', content: '### Task: title' }] }, { headers });
    expect(await said(response)).toBe('A title');
    expect(response.headers.get('x-troupe-thread')).toBeNull();
    expect(lastRequest()).not.toHaveProperty('system');
  });

  test.each(['', '{{TASK}}'])('a task of "%s" is none', async (task) => {
    gateway.model.enqueue(answer('Hi.'));
    const response = await chat({ messages: HELLO }, { headers: { 'x-troupe-task': task } });
    expect(response.headers.get('x-troupe-thread')).toBeTruthy();
  });
});

describe('when things go wrong', () => {
  const BROKEN = new TroupeError({
    code: 'provider_rate_limited',
    fault: 'upstream',
    message: 'Too fast.',
    retryable: true,
  });

  test('a run that fails is an error with its status, which is not worth a retry', async () => {
    gateway.model.enqueue({ type: 'error', error: BROKEN });
    const response = await chat({ messages: HELLO });
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual({
      error: { message: 'Too fast.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
    });
    expect(response.headers.get('x-troupe-run')).toBeTruthy();
  });

  test('a stream that has begun ends with the error', async () => {
    const after = [{ type: 'text.delta' as const, delta: 'Once' }];
    gateway.model.enqueue({ type: 'error', error: BROKEN, after });
    const frames = framesOf(await (await chat({ messages: HELLO, stream: true })).text());
    expect(frames.slice(-2)).toEqual([{ error: expect.objectContaining({ code: 'rate_limit_exceeded' }) }, '[DONE]']);
  });

  test('a client that leaves does not end the run', async () => {
    gateway.model.enqueue(answer('Still here.'));
    gateway.worker.pause();
    const leaving = new AbortController();
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'agent/cherry', messages: HELLO, stream: true }),
      signal: leaving.signal,
    });
    const runId = response.headers.get('x-troupe-run') ?? '';
    leaving.abort();
    gateway.worker.resume();
    await eventually(async () => {
      const read = await gateway.call('GET', `/api/runs/${runId}`);
      const { run, response: text } = (await read.json()) as Awaited<ReturnType<typeof readRun>>;
      return run.status === 'completed' && text === 'Still here.' ? true : undefined;
    });
  });

  test('a thread that is busy says so; a header asks for another way', async () => {
    gateway.worker.pause();
    const headers = { 'x-troupe-thread': newId() };
    const first = await chat({ messages: HELLO, stream: true }, { headers });
    const refused = await chat({ messages: HELLO }, { headers });
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([409, 'true']);
    expect(await refused.json()).toMatchObject({ error: { code: 'thread_busy', type: 'invalid_request_error' } });
    gateway.model.enqueue(answer('First'), answer('Second'));
    const waiting = chat({ messages: HELLO }, { headers: { ...headers, 'x-troupe-multitask-strategy': 'enqueue' } });
    gateway.worker.resume();
    expect(textOfChunks(chunksOf(await first.text()))).toBe('First');
    expect(await said(await waiting)).toBe('Second');
  });

  test('a run that is cancelled is no answer', async () => {
    gateway.worker.pause();
    const response = await chat({ messages: HELLO, stream: true });
    await gateway.call('POST', `/api/runs/${response.headers.get('x-troupe-run')}/cancel`);
    expect(framesOf(await response.text()).slice(-2)).toEqual([
      { error: expect.objectContaining({ code: 'run_cancelled' }) },
      '[DONE]',
    ]);
    gateway.worker.resume();
  });

  test.each<[string, object, string, string]>([
    ['no message', { messages: [] }, 'messages', 'invalid_request'],
    [
      'an answer at the end',
      { messages: [...HELLO, { role: 'assistant', content: 'Hi' }] },
      'messages[1]',
      'invalid_request',
    ],
    ['nothing said', { messages: [{ role: 'user', content: ' ' }] }, 'messages[0]', 'invalid_request'],
    ['a schema', { messages: HELLO, response_format: { type: 'json_object' } }, 'response_format', 'invalid_request'],
    ['a forced tool', { messages: HELLO, tool_choice: 'required' }, 'tool_choice', 'invalid_request'],
    ['several answers', { messages: HELLO, n: 2 }, 'n', 'invalid_request'],
  ])('%s is refused by name', async (_case, body, param, code) => {
    const response = await chat(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param, code, type: 'invalid_request_error' } });
  });

  test('an agent that nobody knows leaves no thread behind', async () => {
    const name = newId();
    const headers = { 'x-troupe-thread': name };
    const response = await chat({ messages: HELLO, model: 'agent/cherri' }, { headers });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { code: 'model_not_found', param: 'model', message: expect.stringContaining('cherry') } },
    ]);
    const text = 'SELECT id FROM threads WHERE external_id = $1';
    expect(await gateway.database.query({ name: 'test-find-thread', text }, [name])).toEqual([]);
  });
});

describe('Idempotency-Key', () => {
  const HISTORY = [...HELLO, { role: 'assistant', content: 'Hi' }, { role: 'user', content: 'Go on' }];

  test('the same request again is the same run, streamed from its beginning', async () => {
    gateway.model.enqueue(answer('Once.'));
    const send = () => chat({ messages: HISTORY, stream: true }, { headers: { 'idempotency-key': key } });
    const key = newId();
    const first = await send();
    const text = await first.text();
    const second = await send();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('x-troupe-run')).toBe(first.headers.get('x-troupe-run'));
    const again = await second.text();
    expect(textOfChunks(chunksOf(again))).toBe(textOfChunks(chunksOf(text)));
    expect(chunksOf(again)[0]).toEqual(chunksOf(text)[0]);
  });

  test('a thread that was made for nothing is gone again', async () => {
    const count = async () => {
      const text = 'SELECT count(*)::int AS n FROM threads';
      return (await gateway.database.query<{ n: number }>({ name: 'test-count-threads', text }, []))[0]?.n;
    };
    gateway.model.enqueue(answer('Once.'));
    const send = () => chat({ messages: HISTORY }, { headers: { 'idempotency-key': key } });
    const key = newId();
    await (await send()).text();
    const before = await count();
    expect((await send()).headers.get('idempotency-replayed')).toBe('true');
    expect(await count()).toBe(before);
  });

  test('the key belongs to the thread too', async () => {
    gateway.model.enqueue(answer('Once.'));
    const key = newId();
    await chat({ messages: HELLO }, { headers: { 'idempotency-key': key, 'x-troupe-thread': newId() } });
    const other = await chat({ messages: HELLO }, { headers: { 'idempotency-key': key, 'x-troupe-thread': newId() } });
    expect([other.status, await other.json()]).toMatchObject([422, { error: { code: 'idempotency_key_reused' } }]);
  });
});

describe('a response_format with a schema', () => {
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const response_format = { type: 'json_schema', json_schema: { name: 'recipe', strict: true, schema } };

  test('the answer is the validated value as JSON, without the words around it', async () => {
    gateway.model.enqueue(answer('Here you are:\n```json\n{"title": "Soup"}\n```'));
    const response = await chat({ messages: HELLO, response_format });
    expect(await said(response)).toBe('{"title":"Soup"}');
    expect(lastRequest()?.outputSchema).toEqual({ name: 'recipe', schema });
  });

  test('streamed, it is one chunk', async () => {
    gateway.model.enqueue(answer('Here you are: {"title": "Soup"}'));
    const body = await (await chat({ messages: HELLO, response_format, stream: true })).text();
    const chunks = chunksOf(body);
    expect(textOfChunks(chunks)).toBe('{"title":"Soup"}');
    expect(framesOf(body).at(-1)).toContain('[DONE]');
  });

  test('streamed, it may be longer than a log tells', async () => {
    const title = 'x'.repeat(70_000);
    gateway.model.enqueue(answer(JSON.stringify({ title })));
    const body = await (await chat({ messages: HELLO, response_format, stream: true })).text();
    expect(textOfChunks(chunksOf(body))).toBe(JSON.stringify({ title }));
  });

  test('an answer that is not valid is an error', async () => {
    gateway.model.enqueue(answer('No.'), answer('No.'));
    const response = await chat({ messages: HELLO, response_format });
    expect(response.status).toBe(502);
    const streamed = await (await chat({ messages: HELLO, response_format, stream: true })).text();
    expect(streamed).toContain('output_invalid');
  });

  test('a schema that cannot be used is refused', async () => {
    const unusable = { type: 'json_schema', json_schema: { name: 'recipe', schema: { type: 'strin' } } };
    const response = await chat({ messages: HELLO, response_format: unusable });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('no valid JSON Schema');
  });
});
