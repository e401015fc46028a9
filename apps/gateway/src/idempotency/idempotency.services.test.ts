import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { type Approval, type Message, newId, type Page, TroupeError } from '@troupe/contracts';
import { ensureTenant } from '@troupe/database';
import { answer, callTools } from '@troupe/testing';
import { eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
let document: OpenAPIObject;
beforeAll(async () => {
  gateway = await startGatewayForTest();
  document = (await (await gateway.call('GET', '/openapi.json')).json()) as OpenAPIObject;
});
afterAll(() => gateway?.stop());

interface Request {
  path: string;
  body?: unknown;
  /** Another body for the same address; without one the address itself has to differ. */
  otherBody?: unknown;
  otherPath?: string;
  /** Whether a model answers it. */
  asksModel?: true;
}

const DEFINITION = { role: 'You keep company.' };
const MESSAGE = { message: 'Hello' };
const DIRECT = [{ role: 'user', content: 'Hello' }];

async function made<T>(path: string, body: unknown): Promise<T> {
  const response = await gateway.call('POST', path, { body });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as T;
}

const agent = async (changes = {}) =>
  (await made<{ slug: string }>('/api/agents', { ...agentBody(), ...changes })).slug;
const agentBody = () => ({ name: 'Companion', slug: `companion-${newId()}`, definition: DEFINITION });
const batch = async () =>
  (await made<{ id: string }>('/api/llm/batches', { items: [{ custom_id: 'one', message: 'Hi' }] })).id;
const budget = async () => (await made<{ id: string }>('/api/budgets', budgetBody())).id;
const budgetBody = () => ({ scope: 'user', subject: newId(), period: 'day', limit_usd: 5 });
const conversation = async () => (await made<{ id: string }>('/v1/conversations', {})).id;
async function modelResponse(): Promise<string> {
  gateway.model.enqueue(answer('Hi.'));
  return (await made<{ id: string }>('/v1/responses', { model: 'scripted/model', input: 'Hello' })).id;
}
const thread = async () => (await made<{ id: string }>('/api/threads', {})).id;

async function queuedRun(): Promise<string> {
  return (await made<{ run_id: string }>('/api/llm/interact', { ...MESSAGE, background: true })).run_id;
}

async function pausedRun(): Promise<string> {
  const id = await queuedRun();
  await made(`/api/runs/${id}/pause`, undefined);
  return id;
}

/** Two of one run, which does not go on when one of them is decided. */
async function pendingApprovals(): Promise<[Approval, Approval]> {
  const question = { name: 'ask_user', arguments: { question: 'How many?' } };
  const slug = await agent({ tools: ['ask_user'] });
  gateway.worker.resume();
  gateway.model.enqueue(callTools([question, question]));
  const { approvals } = await made<{ approvals: [Approval, Approval] }>('/api/llm/interact', {
    ...MESSAGE,
    persona_id: slug,
  });
  return approvals;
}

async function cancelledRun(): Promise<string> {
  const id = await queuedRun();
  await made(`/api/runs/${id}/cancel`, undefined);
  return id;
}

/** How to call every route that changes something. A route that is missing here fails the test below. */
const REQUESTS: Record<string, () => Promise<Request>> = {
  'post /api/agents': async () => ({ path: '/api/agents', body: agentBody(), otherBody: agentBody() }),
  'patch /api/agents/{agent}': async () => ({
    path: `/api/agents/${await agent()}`,
    body: { name: 'One' },
    otherBody: { name: 'Two' },
  }),
  'put /api/agents/{agent}': async () => ({
    path: `/api/agents/${await agent()}`,
    body: { name: 'One', definition: DEFINITION },
    otherBody: { name: 'Two', definition: DEFINITION },
  }),
  'delete /api/agents/{agent}': async () => ({
    path: `/api/agents/${await agent()}`,
    otherPath: `/api/agents/${await agent()}`,
  }),
  'post /api/agents/{agent}/run': async () => ({
    path: '/api/agents/cherry/run',
    body: { input: 'Hello' },
    otherBody: { input: 'Bye' },
    asksModel: true,
  }),
  'post /api/agents/{agent}/stream': async () => ({
    path: '/api/agents/cherry/stream',
    body: { input: 'Hello' },
    otherBody: { input: 'Bye' },
    asksModel: true,
  }),
  'post /api/approvals/{approval_id}': async () => {
    const [one, other] = await pendingApprovals();
    const body = { decision: 'reject' };
    return { path: `/api/approvals/${one.id}`, body, otherPath: `/api/approvals/${other.id}` };
  },
  'post /api/runs/{run_id}/approvals/{approval_id}': async () => {
    const [{ id, run_id }, other] = await pendingApprovals();
    const path = `/api/runs/${run_id}/approvals`;
    return { path: `${path}/${id}`, body: { decision: 'reject' }, otherPath: `${path}/${other.id}` };
  },
  'post /api/budgets': async () => ({
    path: '/api/budgets',
    body: budgetBody(),
    otherBody: budgetBody(),
  }),
  'patch /api/budgets/{budget_id}': async () => ({
    path: `/api/budgets/${await budget()}`,
    body: { limit_usd: 1 },
    otherBody: { limit_usd: 2 },
  }),
  'delete /api/budgets/{budget_id}': async () => ({
    path: `/api/budgets/${await budget()}`,
    otherPath: `/api/budgets/${await budget()}`,
  }),
  'post /api/chats': async () => ({ path: '/api/chats', body: { title: 'One' }, otherBody: { title: 'Two' } }),
  'put /api/chats/{chat_id}': async () => ({
    path: `/api/chats/${await thread()}`,
    body: { title: 'One', conversation: null },
    otherBody: { title: 'Two' },
  }),
  'delete /api/chats/{chat_id}': async () => ({
    path: `/api/chats/${await thread()}`,
    otherPath: `/api/chats/${await thread()}`,
  }),
  'post /api/threads': async () => ({ path: '/api/threads', body: { title: 'One' }, otherBody: { title: 'Two' } }),
  'patch /api/threads/{thread_id}': async () => ({
    path: `/api/threads/${await thread()}`,
    body: { title: 'One' },
    otherBody: { title: 'Two' },
  }),
  'delete /api/threads/{thread_id}': async () => ({
    path: `/api/threads/${await thread()}`,
    otherPath: `/api/threads/${await thread()}`,
  }),
  'post /api/threads/{thread_id}/archive': async () => ({
    path: `/api/threads/${await thread()}/archive`,
    otherPath: `/api/threads/${await thread()}/archive`,
  }),
  'post /api/threads/{thread_id}/unarchive': async () => ({
    path: `/api/threads/${await thread()}/unarchive`,
    otherPath: `/api/threads/${await thread()}/unarchive`,
  }),
  'post /api/threads/{thread_id}/fork': async () => ({
    path: `/api/threads/${await thread()}/fork`,
    body: { title: 'One' },
    otherBody: { title: 'Two' },
  }),
  'post /api/threads/{thread_id}/branch': async () => {
    gateway.worker.resume();
    gateway.model.enqueue(answer('Hello.'));
    const { thread_id } = await made<{ thread_id: string }>('/api/llm/interact', MESSAGE);
    const messages = await gateway.call('GET', `/api/threads/${thread_id}/messages`);
    const [message] = ((await messages.json()) as Page<Message>).data;
    const path = `/api/threads/${thread_id}/branch`;
    const body = { from_message_id: message?.id };
    return { path, body, otherBody: { ...body, title: 'Two' } };
  },
  'put /api/users/{user_id}/facts/{key}': async () => ({
    path: `/api/users/${newId()}/facts/diet`,
    body: { value: 'vegan' },
    otherBody: { value: 'anything' },
  }),
  'delete /api/users/{user_id}/facts/{key}': async () => {
    const path = `/api/users/${newId()}/facts`;
    await gateway.call('PUT', `${path}/diet`, { body: { value: 'vegan' } });
    return { path: `${path}/diet`, otherPath: `${path}/tea` };
  },
  'put /api/limits': async () => ({
    path: '/api/limits',
    // Another model than the one that answers the calls of these tests.
    body: { provider: 'scripted', model: 'limited', rpm: 5 },
    otherBody: { provider: 'scripted', model: 'limited', rpm: 6 },
  }),
  'delete /api/limits': async () => {
    const model = newId();
    await gateway.call('PUT', '/api/limits', { body: { provider: 'scripted', model, rpm: 5 } });
    const path = `/api/limits?provider=scripted&model=${model}`;
    return { path, otherPath: `${path}-other` };
  },
  'put /api/tenants/{tenant_id}': async () => ({
    path: `/api/tenants/${await ensureTenant(gateway.database, 'default')}`,
    body: { weight: 1 },
    otherBody: { weight: 2 },
  }),
  'post /api/limits/forgive': async () => ({
    path: '/api/limits/forgive',
    body: { provider: 'scripted', model: 'model' },
    otherBody: { provider: 'scripted', model: 'other' },
  }),
  'post /api/llm/interact': async () => ({
    path: '/api/llm/interact',
    body: MESSAGE,
    otherBody: { message: 'Bye' },
    asksModel: true,
  }),
  'post /api/llm/direct': async () => ({
    path: '/api/llm/direct',
    body: DIRECT,
    otherBody: { messages: DIRECT },
    asksModel: true,
  }),
  'post /api/llm/batches': async () => ({
    path: '/api/llm/batches',
    body: { items: [{ custom_id: 'one', message: 'Hello' }] },
    otherBody: { items: [{ custom_id: 'one', message: 'Bye' }] },
  }),
  'post /api/llm/batches/{batch_id}/cancel': async () => ({
    path: `/api/llm/batches/${await batch()}/cancel`,
    otherPath: `/api/llm/batches/${await batch()}/cancel`,
  }),
  'post /v1/chat/completions': async () => ({
    path: '/v1/chat/completions',
    body: { model: 'agent/cherry', messages: DIRECT },
    otherBody: { model: 'agent/cherry', messages: [{ role: 'user', content: 'Bye' }] },
    asksModel: true,
  }),
  'post /v1/conversations': async () => ({
    path: '/v1/conversations',
    body: { metadata: { a: '1' } },
    otherBody: { metadata: { a: '2' } },
  }),
  'post /v1/conversations/{conversation_id}': async () => ({
    path: `/v1/conversations/${await conversation()}`,
    body: { metadata: { a: '1' } },
    otherBody: { metadata: { a: '2' } },
  }),
  'delete /v1/conversations/{conversation_id}': async () => ({
    path: `/v1/conversations/${await conversation()}`,
    otherPath: `/v1/conversations/${await conversation()}`,
  }),
  'delete /v1/responses/{response_id}': async () => ({
    path: `/v1/responses/${await modelResponse()}`,
    otherPath: `/v1/responses/${await modelResponse()}`,
  }),
  'post /v1/responses': async () => ({
    path: '/v1/responses',
    body: { model: 'agent/cherry', input: 'Hello' },
    otherBody: { model: 'agent/cherry', input: 'Bye' },
    asksModel: true,
  }),
  'post /v1/embeddings': async () => ({
    path: '/v1/embeddings',
    body: { model: 'scripted/lengths', input: 'Hello' },
    otherBody: { model: 'scripted/lengths', input: 'Bye' },
  }),
  'post /api/runs/{run_id}/pause': async () => ({
    path: `/api/runs/${await queuedRun()}/pause`,
    otherPath: `/api/runs/${await queuedRun()}/pause`,
  }),
  'post /api/runs/{run_id}/resume': async () => ({
    path: `/api/runs/${await pausedRun()}/resume`,
    otherPath: `/api/runs/${await pausedRun()}/resume`,
  }),
  'post /api/runs/{run_id}/replay': async () => ({
    path: `/api/runs/${await cancelledRun()}/replay`,
    body: {},
    otherBody: { model: gateway.model.id },
  }),
  'post /api/runs/{run_id}/cancel': async () => {
    const [one, other] = [await queuedRun(), await queuedRun()];
    return { path: `/api/runs/${one}/cancel`, otherPath: `/api/runs/${other}/cancel` };
  },
  'post /v1/responses/{response_id}/cancel': async () => {
    const [one, other] = [await queuedRun(), await queuedRun()].map((id) => `resp_${id.replaceAll('-', '')}`);
    return { path: `/v1/responses/${one}/cancel`, otherPath: `/v1/responses/${other}/cancel` };
  },
};

function routes(): string[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    (['post', 'put', 'patch', 'delete'] as const).filter((method) => item[method]).map((method) => `${method} ${path}`),
  );
}

function operationOf(route: string) {
  const [method = '', path = ''] = route.split(' ');
  return document.paths[path]?.[method as 'post'];
}

function send(route: string, request: Request, key: string): Promise<Response> {
  const [method = ''] = route.split(' ');
  const { path, body } = request;
  const options: CallOptions = { headers: { 'idempotency-key': key }, ...(body !== undefined && { body }) };
  return gateway.call(method.toUpperCase(), path, options);
}

/** In the shape of either dialect. */
async function refusalOf(response: Response) {
  const body = (await response.json()) as {
    code: string;
    errors?: { field: string }[];
    error?: { code: string; param: string | null };
  };
  const { code, param = body.errors?.[0]?.field } = body.error ?? { code: body.code };
  return { status: response.status, code, field: param };
}

async function outcomeOf(response: Response) {
  const { status, headers } = response;
  return {
    status,
    location: headers.get('location'),
    replayed: headers.get('idempotency-replayed'),
    body: contentOf(await response.text()),
  };
}

/** Lines of events with what they mean: the order of fields differs between a live event and one that was stored. */
function contentOf(text: string): unknown[] {
  return text.split('\n').map((line) => (line.startsWith('data: ') ? JSON.parse(line.slice('data: '.length)) : line));
}

test('every route that changes something is known here, and none that is not there', () => {
  expect(Object.keys(REQUESTS).sort()).toEqual(routes().sort());
});

describe.each(Object.keys(REQUESTS))('%s', (route) => {
  // A run that is to be changed must still wait.
  beforeAll(() => (/{run_id}|{response_id}.cancel/.test(route) ? gateway.worker.pause() : undefined));
  afterAll(() => gateway.worker.resume());

  test('says so in the API document', () => {
    const operation = operationOf(route);
    const named = (operation?.parameters ?? []).filter(
      (parameter) => 'name' in parameter && parameter.name.toLowerCase() === 'idempotency-key',
    );
    expect(named).toHaveLength(1);
  });

  test('gives the first answer again for the same key, and refuses the key to another request', async () => {
    const key = newId();
    const request = await requestOf(route);
    if (request.asksModel) gateway.model.enqueue(answer('Hi.'));
    const asked = gateway.model.requests.length;
    const first = await outcomeOf(await send(route, request, key));
    expect(first).toMatchObject({ status: expect.any(Number), replayed: null });
    expect(first.status).toBeLessThan(300);
    expect(await outcomeOf(await send(route, request, key))).toEqual({ ...first, replayed: 'true' });

    const { path, body, otherPath = path, otherBody = body } = request;
    const refused = await send(route, { path: otherPath, body: otherBody }, key);
    expect(await refusalOf(refused)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect(gateway.model.requests.length - asked).toBe(request.asksModel ? 1 : 0);
  });

  test.each([
    ['of no characters', '""'],
    ['of 256 characters', 'k'.repeat(256)],
    ['that is not ASCII', 'caf\u00e9'],
  ])('refuses a key %s', async (_case, key) => {
    const refused = await send(route, await requestOf(route), key);
    expect(await refusalOf(refused)).toEqual({ status: 400, code: 'invalid_request', field: 'Idempotency-Key' });
  });
});

async function requestOf(route: string): Promise<Request> {
  const make = REQUESTS[route];
  if (!make) throw new Error(`${route} is not known here.`);
  return make();
}

describe('a request with a key', () => {
  const key = () => ({ 'idempotency-key': newId() });

  test('that is refused leaves its key for the corrected one', async () => {
    const headers = key();
    expect((await gateway.call('POST', '/api/chats', { body: { titel: 'One' }, headers })).status).toBe(400);
    const corrected = await gateway.call('POST', '/api/chats', { body: { title: 'One' }, headers });
    expect([corrected.status, corrected.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  test('that fails half way has changed nothing', async () => {
    const { id } = await made<{ id: string }>('/api/threads', { external_id: newId() });
    const headers = key();
    gateway.worker.pause();
    await gateway.call('POST', '/api/llm/interact', { body: { ...MESSAGE, thread_id: id, background: true } });
    const body = { title: 'Changed', conversation: null };
    const busy = await gateway.call('PUT', `/api/chats/${id}`, { body, headers });
    expect([busy.status, await busy.json()]).toMatchObject([409, { code: 'thread_busy' }]);
    const chat = await (await gateway.call('GET', `/api/chats/${id}`)).json();
    expect(chat).toMatchObject({ title: null, conversation: [{ role: 'user', content: 'Hello' }] });
    gateway.worker.resume();
  });

  test('that is sent twice in the same moment is carried out once', async () => {
    const headers = key();
    const body = agentBody();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => gateway.call('POST', '/api/agents', { body, headers })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 409)).toContain(201);
    expect(new Set(statuses)).toEqual(new Set(statuses.includes(409) ? [201, 409] : [201]));
    for (const response of answers) {
      const { code } = (await response.json()) as { code?: string };
      if (response.status === 409) {
        expect(code).toBe('idempotency_key_in_use');
        expect(response.headers.get('retry-after')).toBe('1');
      }
    }
    const fresh = answers.filter(({ status, headers: sent }) => status === 201 && !sent.has('idempotency-replayed'));
    expect(fresh).toHaveLength(1);
  });

  test('of another tenant is another one', async () => {
    const headers = key();
    const first = await gateway.call('POST', '/api/chats', { body: {}, headers });
    const second = await gateway.call('POST', '/api/chats', { body: {}, headers, key: gateway.otherTenantKey });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect(((await first.json()) as { chat_id: string }).chat_id).not.toBe(
      ((await second.json()) as { chat_id: string }).chat_id,
    );
  });

  test('that cancels a run tells its readers once it is stored', async () => {
    gateway.worker.pause();
    const id = await queuedRun();
    const events = await gateway.call('GET', `/api/runs/${id}/events`);
    const headers = key();
    await gateway.call('POST', `/api/runs/${id}/cancel`, { headers });
    await gateway.call('POST', `/api/runs/${id}/cancel`, { headers });
    expect((await events.text()).match(/^event: run\.cancelled$/gm)).toHaveLength(1);
    gateway.worker.resume();
  });
});

describe('a paid call with a key', () => {
  const direct = (headers: Record<string, string>, stream = false) =>
    gateway.call('POST', '/api/llm/direct', { body: { messages: DIRECT, stream }, headers });

  test('that streams is told again as one piece, and not made again', async () => {
    const headers = { 'idempotency-key': newId() };
    gateway.model.enqueue(answer('One two three.'));
    const first = await (await direct(headers, true)).text();
    const again = await direct(headers, true);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const deltas = [...(await again.text()).matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data));
    expect(deltas).toEqual([{ delta: 'One two three.' }, JSON.parse(/.*data: (.+)\n\n$/s.exec(first)?.[1] ?? '')]);
  });

  test('is made to its end when its caller leaves, and answers who comes back', async () => {
    const headers = { 'idempotency-key': newId() };
    const answered = Promise.withResolvers<void>();
    const requests = gateway.model.requests.length;
    gateway.model.enqueue({
      type: 'reply',
      reply: () => {
        answered.resolve();
        return answer('For later.');
      },
    });
    const leaving = new AbortController();
    const call = fetch(`${gateway.url}/api/llm/direct`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ messages: DIRECT, stream: false }),
      signal: leaving.signal,
    }).catch(() => undefined);
    await answered.promise;
    leaving.abort();
    await call;
    const again = await eventually(async () => {
      const response = await direct(headers);
      return response.status === 409 ? undefined : response;
    });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toMatchObject({ message: { content: 'For later.' } });
    expect(gateway.model.requests.length - requests).toBe(1);
  });

  test('that the provider refused may be made again', async () => {
    const headers = { 'idempotency-key': newId() };
    const error = new TroupeError({ code: 'provider_overloaded', fault: 'upstream', message: 'No.', retryable: true });
    // The first try and those that follow it at once.
    const refusal = { type: 'error', error } as const;
    gateway.model.enqueue(refusal, refusal, refusal, answer('Yes.'));
    expect((await direct(headers)).status).toBe(503);
    const again = await direct(headers);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, null]);
  });

  test('whose gateway died is not made a second time; the answer says what to do', async () => {
    const headers = { 'idempotency-key': newId() };
    const hash = 'UPDATE idempotent_answers SET status = NULL, location = NULL, body = NULL';
    gateway.model.enqueue(answer('Paid for.'));
    await direct(headers);
    await gateway.database.dataSource.query(`${hash}, lease_until = now() + interval '10 s' WHERE key = $1`, [
      headers['idempotency-key'],
    ]);
    const early = await direct(headers);
    expect([early.status, await early.json()]).toMatchObject([409, { code: 'idempotency_key_in_use' }]);
    await gateway.database.dataSource.query(`${hash}, lease_until = now() - interval '1 s' WHERE key = $1`, [
      headers['idempotency-key'],
    ]);
    const late = await direct(headers);
    expect([late.status, await late.json()]).toMatchObject([
      409,
      { code: 'idempotency_outcome_unknown', detail: expect.stringContaining('new key') },
    ]);
  });
});
