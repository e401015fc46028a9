import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
];
const OVERLOADED = {
  code: 'provider_overloaded',
  fault: 'upstream',
  message: 'Too much.',
  retryable: true,
  retryAfterMs: 2_500,
} as const;

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
});

afterAll(() => gateway?.stop());

function direct(body: unknown, options: CallOptions = {}): Promise<Response> {
  return gateway.call('POST', '/api/llm/direct', { body, ...options });
}

/** Type and data of every event of a body. */
function framesOf(text: string): [type: string, data: unknown][] {
  const frames = [...text.matchAll(/^event: (.+)\ndata: (.+)\n\n/gm)];
  return frames.map(([, type = '', data = '']) => [type, JSON.parse(data) as unknown]);
}

/** What the ledger says of the newest call: each has one row, in order. */
function charge(): Promise<object> {
  const text = "SELECT * FROM usage_ledger WHERE purpose = 'direct' ORDER BY id";
  return eventually(async () => {
    const rows = await gateway.database.query<object>({ name: 'test-charges', text }, []);
    return rows[gateway.model.requests.length - 1];
  });
}

test.each<[string, object]>([
  ['an array of messages', MESSAGES],
  ['an object', { messages: MESSAGES }],
])('%s is answered by the provider, and charged', async (_case, body) => {
  gateway.model.enqueue(answer('Hi.'));
  const response = await direct(body);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    message: { role: 'assistant', content: 'Hi.' },
    model: 'scripted/model',
    stop_reason: 'end_turn',
    usage: expect.objectContaining({ input_tokens: 10, output_tokens: 5, total_tokens: 15 }),
  });
  expect(gateway.model.requests.at(-1)).toMatchObject({
    system: 'Be brief.',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  });
  expect(await charge()).toMatchObject({
    provider: 'scripted',
    model: 'model',
    outcome: 'completed',
    run_id: null,
    input_tokens: 10,
    output_tokens: 5,
  });
});

test('settings and a schema reach the provider; null is no setting', async () => {
  gateway.model.enqueue(answer('{}'), answer('{}'));
  const schema = { type: 'object', properties: {} };
  await direct({ messages: MESSAGES, temperature: 0.2, max_tokens: 50, output_schema: schema });
  expect(gateway.model.requests.at(-1)).toMatchObject({
    settings: { temperature: 0.2, max_tokens: 50 },
    outputSchema: { name: 'output', schema },
  });
  await direct({ messages: MESSAGES, temperature: null, max_tokens: null, output_schema: null, model: null });
  expect(gateway.model.requests.at(-1)).toMatchObject({ settings: {} });
  expect(gateway.model.requests.at(-1)).not.toHaveProperty('outputSchema');
});

test.each<[string, unknown, Record<string, string>]>([
  ['an object with stream', { messages: MESSAGES, stream: true }, {}],
  ['an array with the Accept header', MESSAGES, { accept: 'text/event-stream' }],
])('%s streams', async (_case, body, headers) => {
  gateway.model.enqueue(answer('One two three.'));
  const response = await direct(body, { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const frames = framesOf(await response.text());
  const deltas = frames.slice(0, -1);
  expect(deltas.map(([type]) => type)).toEqual(deltas.map(() => 'text.delta'));
  expect(deltas.map(([, data]) => (data as { delta: string }).delta).join('')).toBe('One two three.');
  expect(frames.at(-1)).toEqual([
    'message.completed',
    { model: 'scripted/model', stop_reason: 'end_turn', usage: expect.objectContaining({ total_tokens: 15 }) },
  ]);
});

test.each([false, true])('a provider that refuses has a status of its own (stream: %s)', async (stream) => {
  gateway.model.enqueue({ type: 'error', error: new TroupeError(OVERLOADED) });
  const response = await direct({ messages: MESSAGES, stream });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
  expect(await response.json()).toMatchObject({ code: 'provider_overloaded', detail: 'Too much.' });
  expect(await charge()).toMatchObject({ outcome: 'provider_overloaded', estimated: true });
});

test('a stream that breaks off says so, and what came is charged', async () => {
  const after = [{ type: 'text.delta' as const, delta: 'Once upon ' }];
  gateway.model.enqueue({ type: 'error', error: new TroupeError(OVERLOADED), after });
  const frames = framesOf(await (await direct({ messages: MESSAGES, stream: true })).text());
  expect(frames).toEqual([
    ['text.delta', { delta: 'Once upon ' }],
    ['error', { code: 'provider_overloaded', fault: 'upstream', message: 'Too much.', retryable: true }],
  ]);
  expect(await charge()).toMatchObject({ outcome: 'provider_overloaded', output_tokens: 3 });
});

test.each([false, true])('a caller who leaves ends the call (stream: %s)', async (stream) => {
  gateway.model.enqueue({ type: 'hang', after: [{ type: 'text.delta', delta: 'Once' }] });
  const requests = gateway.model.requests.length;
  const leaving = new AbortController();
  const call = fetch(`${gateway.url}/api/llm/direct`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: MESSAGES, stream }),
    signal: leaving.signal,
  }).catch(() => undefined);
  await eventually(async () => gateway.model.requests[requests]);
  leaving.abort();
  await call;
  expect(await charge()).toMatchObject({ outcome: 'aborted', estimated: true });
});

test.each<[string, unknown, string]>([
  ['no messages', { messages: [] }, 'messages'],
  ['only system messages', { messages: MESSAGES.slice(0, 1) }, 'messages'],
  ['a message without content', [{ role: 'user' }], 'messages.0.content'],
  ['a field that there is not', { messages: MESSAGES, max_token: 5 }, 'max_token'],
])('%s: the field is named', async (_case, body, field) => {
  const response = await direct(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
});

test('a model that nobody knows is not called', async () => {
  const response = await direct({ messages: MESSAGES, model: 'nobody/knows' });
  expect([response.status, await response.json()]).toMatchObject([422, { code: 'model_not_found' }]);
});
