import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import { answer, callTools, scriptedResponse } from '@troupe/testing';
import { eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';
import { chunksOf, framesOf, textOfChunks } from './chat-stream.test-reader.js';

const HELLO = [{ role: 'user', content: 'Hello' }];
const PNG = 'iVBORw0KGgo=';
const BROKEN = {
  code: 'provider_overloaded',
  fault: 'upstream',
  message: 'Too much.',
  retryable: true,
  retryAfterMs: 1_500,
} as const;

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());

function chat(body: object, options: CallOptions = {}): Promise<Response> {
  return gateway.call('POST', '/v1/chat/completions', { body: { model: 'scripted/model', ...body }, ...options });
}

const lastRequest = () => gateway.model.requests.at(-1);

/** The newest row of the ledger, once every call has one. */
function charge(): Promise<object> {
  const text = "SELECT * FROM usage_ledger WHERE purpose = 'direct' ORDER BY id";
  return eventually(async () => {
    const rows = await gateway.database.query<object>({ name: 'test-charges', text }, []);
    return rows[gateway.model.requests.length - 1];
  });
}

describe('a model as it is', () => {
  test('is asked without a thread, and charged', async () => {
    gateway.model.enqueue(answer('Hi.', { usage: { cachedInputTokens: 4, reasoningTokens: 2 } }));
    const response = await chat({ messages: HELLO });
    expect(response.headers.get('x-troupe-thread')).toBeNull();
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model: 'scripted/model',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 10,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    });
    expect(await charge()).toMatchObject({ provider: 'scripted', model: 'model', outcome: 'completed', run_id: null });
  });

  test('is sent everything that means something to it', async () => {
    gateway.model.enqueue(answer('Hi.'));
    await chat({
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          ],
        },
        { role: 'system', content: [{ type: 'text', text: 'Speak Latin.' }] },
      ],
      temperature: 0.3,
      top_p: 0.9,
      stop: 'END',
      max_completion_tokens: 99,
      max_tokens: 1,
      seed: 1,
      reasoning_effort: 'low',
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' }, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'look' } },
      parallel_tool_calls: true,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'thing', strict: true, schema: { type: 'object', properties: {} } },
      },
    });
    expect(lastRequest()).toEqual({
      system: 'Be brief.\n\nSpeak Latin.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            {
              type: 'file',
              name: 'a.pdf',
              media_type: 'application/pdf',
              source: { type: 'base64', data: 'JVBERi0=' },
            },
          ],
        },
      ],
      tools: [{ name: 'look', description: '', parameters: { type: 'object' } }],
      toolChoice: { name: 'look' },
      outputSchema: { name: 'thing', schema: { type: 'object', properties: {} } },
      settings: { temperature: 0.3, top_p: 0.9, stop: ['END'], max_tokens: 99, reasoning: { effort: 'low' } },
    });
  });

  test('instructions alone are what a user says', async () => {
    gateway.model.enqueue(answer('Hi.'));
    const response = await chat({ messages: [{ role: 'system', content: 'Say hi.' }] });
    expect(response.status).toBe(200);
    expect(lastRequest()?.system).toBeUndefined();
    expect(lastRequest()?.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Say hi.' }] }]);
  });

  test('allowed tools are the only ones that are offered', async () => {
    gateway.model.enqueue(answer('Hi.'));
    const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } });
    const allowed_tools = { mode: 'required', tools: [{ type: 'function', function: { name: 'b' } }] };
    const tool_choice = { type: 'allowed_tools', allowed_tools };
    await chat({ messages: HELLO, tools: [tool('a'), tool('b')], tool_choice });
    expect(lastRequest()).toMatchObject({ tools: [{ name: 'b' }], toolChoice: 'required' });
    expect(lastRequest()?.tools).toHaveLength(1);
  });

  test.each([
    [[{ type: 'function', function: { name: 'a' } }], 'auto'],
    [[], undefined],
  ])(
    'one call at most is asked for in the words of each provider, where there are tools: %j',
    async (tools, choice) => {
      gateway.model.enqueue(answer('Hi.'));
      await chat({ messages: HELLO, tools, parallel_tool_calls: false });
      expect(lastRequest()?.toolChoice).toBe(choice);
      expect(lastRequest()?.settings?.provider_options).toEqual(
        choice && {
          anthropic: { tool_choice: { disable_parallel_tool_use: true } },
          openai: { parallel_tool_calls: false },
          openrouter: { parallel_tool_calls: false },
        },
      );
    },
  );

  test('JSON without a schema is asked for in words, and in the way of the providers that have one', async () => {
    gateway.model.enqueue(answer('{}'));
    await chat({ messages: HELLO, response_format: { type: 'json_object' } });
    expect(lastRequest()).toMatchObject({
      system: expect.stringContaining('JSON'),
      settings: { provider_options: { openai: { response_format: { type: 'json_object' } } } },
    });
    expect(lastRequest()).not.toHaveProperty('outputSchema');
  });

  test('streams text, thoughts and usage', async () => {
    const content = [
      { type: 'reasoning' as const, text: 'Hm, hm.' },
      { type: 'text' as const, text: 'One two three.' },
    ];
    gateway.model.enqueue({ type: 'response', response: scriptedResponse(content) });
    const text = await (await chat({ messages: HELLO, stream: true, stream_options: { include_usage: true } })).text();
    const chunks = chunksOf(text);
    expect(textOfChunks(chunks)).toBe('One two three.');
    expect(chunks.map(({ choices }) => choices[0]?.delta.reasoning_content ?? '').join('')).toBe('Hm, hm.');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } });
    expect(framesOf(text).at(-1)).toBe('[DONE]');
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test('thoughts stand beside the answer that is not streamed', async () => {
    const content = [
      { type: 'reasoning' as const, text: 'Hm.' },
      { type: 'text' as const, text: 'Yes.' },
    ];
    gateway.model.enqueue({ type: 'response', response: scriptedResponse(content) });
    expect(await (await chat({ messages: HELLO })).json()).toMatchObject({
      choices: [{ message: { content: 'Yes.', reasoning_content: 'Hm.' } }],
    });
  });

  test('half a character at the end of a piece waits for its other half', async () => {
    const events = [
      { type: 'text.delta' as const, delta: 'a\ud83d' },
      { type: 'text.delta' as const, delta: '\ude00b' },
      { type: 'completed' as const, response: scriptedResponse([{ type: 'text', text: 'a😀b' }]) },
    ];
    gateway.model.enqueue({ type: 'stream', events });
    const chunks = chunksOf(await (await chat({ messages: HELLO, stream: true })).text());
    expect(chunks.map(({ choices }) => choices[0]?.delta.content).filter(Boolean)).toEqual(['a', '😀b']);
  });
});

describe('tools of the client', () => {
  const CALLS = [
    { id: 'c1', name: 'look', arguments: { at: 'sky' } },
    { id: 'c2', name: 'look', arguments: { at: 'sea' } },
  ];

  test('calls are handed to the client', async () => {
    gateway.model.enqueue(callTools(CALLS));
    expect(await (await chat({ messages: HELLO })).json()).toMatchObject({
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } },
              { id: 'c2', type: 'function', function: { name: 'look', arguments: '{"at":"sea"}' } },
            ],
          },
        },
      ],
    });
  });

  test('pieces of parallel calls each name their place', async () => {
    gateway.model.enqueue({
      type: 'response',
      response: scriptedResponse(
        [{ type: 'text', text: 'Let me see.' }, ...CALLS.map((call) => ({ type: 'tool_call' as const, ...call }))],
        { finish: 'tool_calls' },
      ),
    });
    const chunks = chunksOf(await (await chat({ messages: HELLO, stream: true })).text());
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(pieces.map(({ index }) => index)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(pieces[0]).toEqual({ index: 0, id: 'c1', type: 'function', function: { name: 'look', arguments: '' } });
    const second = pieces.filter(({ index }) => index === 1).map((piece) => piece.function.arguments);
    expect(second.join('')).toBe('{"at":"sea"}');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  test('results go back with the name of their tool, those of one turn together', async () => {
    gateway.model.enqueue(answer('Blue.'));
    const tool_calls = CALLS.map(({ id, name, arguments: given }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(given) },
    }));
    await chat({
      messages: [
        ...HELLO,
        { role: 'assistant', tool_calls },
        { role: 'tool', tool_call_id: 'c2', content: 'waves' },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'clouds' }] },
      ],
    });
    expect(lastRequest()?.messages.slice(1)).toEqual([
      { role: 'assistant', content: CALLS.map((call) => ({ type: 'tool_call', ...call })) },
      {
        role: 'tool',
        content: [
          { type: 'tool_result', tool_call_id: 'c2', name: 'look', status: 'completed', content: 'waves' },
          { type: 'tool_result', tool_call_id: 'c1', name: 'look', status: 'completed', content: 'clouds' },
        ],
      },
    ]);
  });
});

describe('errors', () => {
  const call = (id: string) => ({ id, type: 'function', function: { name: 'look', arguments: '{}' } });

  test.each<[string, unknown, string | null]>([
    ['no object', '[1]', null],
    ['no model', { model: undefined, messages: HELLO }, 'model'],
    ['a role that nobody has', { messages: [{ role: 'wizard', content: 'Hi' }] }, 'messages[0].role'],
    ['content of a wrong kind', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [
      'a part that is unknown',
      { messages: [...HELLO, { role: 'user', content: [{ type: 'smell' }] }] },
      'messages[1].content[0].type',
    ],
    [
      'an image that is none',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }] },
      'messages[0].content[0].image_url.url',
    ],
    ['a temperature beyond all', { messages: HELLO, temperature: 9 }, 'temperature'],
    ['several answers', { messages: HELLO, n: 3 }, 'n'],
    ['functions, as tools once were', { messages: HELLO, functions: [{ name: 'a' }] }, 'functions'],
    [
      'a result without a call',
      { messages: [...HELLO, { role: 'tool', tool_call_id: 'x', content: '' }] },
      'messages[1].tool_call_id',
    ],
    [
      'a call without a result',
      { messages: [...HELLO, { role: 'assistant', tool_calls: [call('a')] }, ...HELLO] },
      'messages',
    ],
  ])('%s: the field is named', async (_case, body, param) => {
    const given = typeof body === 'string' ? body : { model: 'scripted/model', ...(body as object) };
    const response = await gateway.call('POST', '/v1/chat/completions', { body: given });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code: 'invalid_request' },
    });
  });

  test('a model that nobody knows is not found', async () => {
    const response = await chat({ messages: HELLO, model: 'nobody/knows' });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { code: 'model_not_found', param: 'model', type: 'invalid_request_error' } },
    ]);
  });

  test.each([false, true])('a provider that refuses has a status of its own (stream: %s)', async (stream) => {
    gateway.model.enqueue({ type: 'error', error: new TroupeError(BROKEN) });
    const response = await chat({ messages: HELLO, stream });
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': expect.stringContaining('application/json'),
      'retry-after': '2',
      'retry-after-ms': '1500',
      'x-should-retry': 'true',
      'x-request-id': expect.any(String),
    });
    expect(await response.json()).toMatchObject({ error: { code: 'provider_overloaded', type: 'server_error' } });
    expect(await charge()).toMatchObject({ outcome: 'provider_overloaded' });
  });

  test('a stream that breaks off says so', async () => {
    const after = [{ type: 'text.delta' as const, delta: 'Once upon ' }];
    gateway.model.enqueue({ type: 'error', error: new TroupeError(BROKEN), after });
    const frames = framesOf(await (await chat({ messages: HELLO, stream: true })).text());
    expect(frames.slice(-2)).toEqual([
      { error: { message: 'Too much.', type: 'server_error', param: null, code: 'provider_overloaded' } },
      '[DONE]',
    ]);
    expect(await charge()).toMatchObject({ outcome: 'provider_overloaded', output_tokens: 3 });
  });

  test.each([false, true])('a client that leaves ends the call (stream: %s)', async (stream) => {
    gateway.model.enqueue({ type: 'hang', after: [{ type: 'text.delta', delta: 'Once' }] });
    const requests = gateway.model.requests.length;
    const leaving = new AbortController();
    const calling = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'scripted/model', messages: HELLO, stream }),
      signal: leaving.signal,
    }).catch(() => undefined);
    await eventually(async () => gateway.model.requests[requests]);
    leaving.abort();
    await calling;
    expect(await charge()).toMatchObject({ outcome: 'aborted', estimated: true });
  });

  test.each<[string, () => Promise<Response>, number, string]>([
    ['no key', () => chat({ messages: HELLO }, { key: null }), 401, 'invalid_api_key'],
    ['a wrong key', () => chat({ messages: HELLO }, { key: 'nonsense' }), 401, 'invalid_api_key'],
    [
      'a body that is no JSON',
      () => gateway.call('POST', '/v1/chat/completions', { body: '{"model":' }),
      400,
      'malformed_json',
    ],
    [
      'a body that is too large',
      () => chat({ messages: HELLO, padding: 'x'.repeat(2_000_000) }),
      413,
      'body_too_large',
    ],
    [
      'a body that is not said to be JSON',
      () => gateway.call('POST', '/v1/chat/completions', { body: 'x', headers: { 'content-type': 'application/xml' } }),
      415,
      'unsupported_media_type',
    ],
    ['an address that is not there', () => gateway.call('POST', '/v1/audio/speech', { body: {} }), 404, 'not_found'],
    ['a method that is not there', () => gateway.call('DELETE', '/v1/chat/completions'), 405, 'method_not_allowed'],
  ])('%s is an error in the shape of the dialect', async (_case, send, status, code) => {
    const response = await send();
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([status, 'false']);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: expect.stringMatching(/_error$/), param: null, code },
    });
  });
});

describe('Idempotency-Key', () => {
  test.each([false, true])('a call is paid once (stream: %s)', async (stream) => {
    gateway.model.enqueue(callTools([{ name: 'look', arguments: {} }]));
    const key = newId();
    const send = () =>
      chat(
        { messages: HELLO, stream, stream_options: { include_usage: true } },
        { headers: { 'idempotency-key': key } },
      );
    const first = await (await send()).text();
    const again = await send();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const text = await again.text();
    if (!stream) expect(JSON.parse(text)).toEqual(JSON.parse(first));
    else {
      const [ended, begun] = [chunksOf(text).at(-1), chunksOf(text)[0]];
      expect([ended, begun]).toEqual([chunksOf(first).at(-1), chunksOf(first)[0]]);
      expect(chunksOf(text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
        { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } },
      ]);
    }
  });
});

describe('models', () => {
  interface Listed {
    id: string;
    object: string;
    owned_by: string;
    created: number;
  }

  test('agents and models of providers are listed alike', async () => {
    const response = await gateway.call('GET', '/v1/models');
    const { object, data } = (await response.json()) as { object: string; data: Listed[] };
    expect(object).toBe('list');
    expect(data).toContainEqual({ id: 'scripted/model', object: 'model', created: 0, owned_by: 'scripted' });
    expect(data.find(({ id }) => id === 'agent/cherry')).toMatchObject({
      object: 'model',
      owned_by: 'troupe',
      name: 'Cherry',
    });
    for (const { created } of data) expect(Number.isInteger(created)).toBe(true);
  });

  test.each(['agent/cherry', 'agent%2Fcherry', 'scripted/model', 'scripted%2Fmodel'])('%s can be read', async (id) => {
    const response = await gateway.call('GET', `/v1/models/${id}`);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { id: decodeURIComponent(id), object: 'model' },
    ]);
  });

  test.each(['agent/nobody', 'nobody/knows', 'x'])('%s is not found', async (id) => {
    const response = await gateway.call('GET', `/v1/models/${id}`);
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  });
});
