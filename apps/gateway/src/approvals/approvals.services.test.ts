import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Approval,
  type InteractResponse,
  type JsonObject,
  newId,
  type Page,
  type RunResult,
} from '@troupe/contracts';
import { answer, callTools } from '@troupe/testing';
import type { Problem } from '../errors/problem.js';
import { eventStreamOf, eventually } from '../gateway.test-events.js';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
let agent: string;

beforeAll(async () => {
  gateway = await startGatewayForTest();
  agent = await agentWith({ tools: ['calculate', 'ask_user'] });
});
afterAll(() => gateway?.stop());

async function agentWith(changes: Record<string, unknown>): Promise<string> {
  const body = { name: 'Asker', slug: `asker-${newId()}`, definition: { role: 'You ask.' }, ...changes };
  const response = await gateway.call('POST', '/api/agents', { body });
  expect(response.status).toBe(201);
  return ((await response.json()) as { slug: string }).slug;
}

type ScriptedCall = Parameters<typeof callTools>[0][number];

const calculate = (expression: string): ScriptedCall => ({ name: 'calculate', arguments: { expression } });
const question = (args: JsonObject = {}): ScriptedCall => ({
  name: 'ask_user',
  arguments: { question: 'How many?', ...args },
});

async function call<Body>(method: string, path: string, options: CallOptions = {}) {
  const response = await gateway.call(method, path, options);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

/** A message whose answer asks for these calls, all of which wait. */
async function asked(calls: ScriptedCall[], persona = agent, body: Record<string, unknown> = {}) {
  gateway.model.enqueue(callTools(calls));
  return call<InteractResponse>('POST', '/api/llm/interact', {
    body: { message: 'Hello', persona_id: persona, ...body },
  });
}

async function pending(calls: ScriptedCall[], persona?: string): Promise<Approval[]> {
  return (await asked(calls, persona)).body.approvals ?? [];
}

const decide = <Body = Approval>(id: string, body: unknown, options: CallOptions = {}) =>
  call<Body>('POST', `/api/approvals/${id}`, { ...options, body });

function missing(): never {
  throw new Error('There is none.');
}

function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length > 1) throw new Error(`There are ${values.length}.`);
  return value;
}

describe('a run that waits for people', () => {
  test('answers at once with what is to be decided, and goes on when it is', async () => {
    const { status, headers, body } = await asked([calculate('1+1')]);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/runs/${body.run_id}`);
    expect(body).toMatchObject({ status: 'waiting', wait_kind: 'approval', response: null });
    const approval = only(body.approvals ?? []);
    expect(approval).toMatchObject({ kind: 'tool', name: 'calculate', arguments: { expression: '1+1' } });
    const run = await call<RunResult>('GET', `/api/runs/${body.run_id}`);
    expect(run.body).toMatchObject({ run: { wait_kind: 'approval' }, approvals: [{ id: approval.id }] });

    gateway.model.enqueue(answer('Then not.'));
    const decided = await decide(approval.id, { decision: 'reject', message: 'Too easy.', decided_by: 'ada' });
    expect(decided).toMatchObject({
      status: 200,
      body: { state: 'rejected', decided_by: 'ada', decision: { message: 'Too easy.' } },
    });
    const result = await eventually(async () => {
      const { body: found } = await call<RunResult>('GET', `/api/runs/${body.run_id}`);
      return found.run.status === 'completed' ? found : undefined;
    });
    expect(result.response).toBe('Then not.');
    expect(result.approvals).toBeUndefined();
    const asks = gateway.model.requests.at(-1);
    expect(JSON.stringify(asks?.messages.at(-1))).toContain('Not run: it was not approved. Too easy.');
  });

  test('is answered so by an agent, too', async () => {
    gateway.model.enqueue(callTools([calculate('1+1')]));
    const { status, body } = await call<Record<string, unknown>>('POST', `/api/agents/${agent}/run`, {
      body: { input: 'Hello' },
    });
    expect([status, body]).toMatchObject([
      202,
      { success: false, final_output: null, approvals: [{ state: 'pending' }] },
    ]);
  });

  test('answers the same key the same way', async () => {
    const headers = { 'idempotency-key': newId() };
    const body = { message: 'Hello', persona_id: agent };
    gateway.model.enqueue(callTools([calculate('1+1')]));
    const first = await call<InteractResponse>('POST', '/api/llm/interact', { body, headers });
    const again = await call<InteractResponse>('POST', '/api/llm/interact', { body, headers });
    expect(again).toMatchObject({ status: 202, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('keeps its stream open, and tells of the decision there', async () => {
    gateway.model.enqueue(callTools([calculate('1+1')]), answer('Done.'));
    const response = await gateway.call('POST', '/api/llm/interact', {
      body: { message: 'Hello', persona_id: agent, stream: true },
    });
    const types: string[] = [];
    for await (const event of eventStreamOf(response)) {
      types.push(event.type);
      if (event.type !== 'run.waiting') continue;
      const runId = response.headers.get('x-run-id');
      const page = await call<Page<Approval>>('GET', `/api/approvals?run_id=${runId}`);
      expect((await decide(only(page.body.data).id, { decision: 'reject' })).status).toBe(200);
    }
    expect(types).toContain('approval.decided');
    expect(types.at(-1)).toBe('run.completed');
  });

  test('ends an answer in the dialect of OpenAI, which cannot say it, with an error', async () => {
    gateway.model.enqueue(callTools([calculate('1+1')]), callTools([calculate('2+2')]));
    const body = { model: `agent/${agent}`, messages: [{ role: 'user', content: 'Hello' }] };
    const whole = await call<{ error: { code: string } }>('POST', '/v1/chat/completions', { body });
    expect([whole.status, whole.body.error.code]).toEqual([409, 'approval_required']);
    const streamed = await gateway.call('POST', '/v1/chat/completions', { body: { ...body, stream: true } });
    expect(await streamed.text()).toContain('approval_required');
  });
});

describe('deciding', () => {
  test('takes one decision, and tells others what was decided', async () => {
    // Two calls, so that the run does not go on when one of them is decided.
    const [{ id, run_id } = missing()] = await pending([calculate('1+1'), calculate('2+2')]);
    const decisions = await Promise.all([
      decide<Problem>(id, { decision: 'approve', decided_by: 'ada' }),
      call<Problem>('POST', `/api/runs/${run_id}/approvals/${id}`, { body: { decision: 'reject', decided_by: 'bob' } }),
    ]);
    expect(decisions.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { body: approval } = await call<Approval>('GET', `/api/approvals/${id}`);
    const refused = decisions.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({
      code: 'approval_decided',
      state: approval.state,
      decided_by: approval.decided_by,
    });
  });

  test('changes arguments that fit the tool, and no others', async () => {
    const { id } = only(await pending([calculate('1+1')]));
    const wrong = await decide<Problem>(id, { decision: 'approve', arguments: { expresion: '2' } });
    expect([wrong.status, wrong.body.errors?.[0]]).toMatchObject([
      400,
      { field: 'arguments', message: expect.stringContaining('expression') },
    ]);
    const right = await decide(id, { decision: 'approve', arguments: { expression: '2+2' } });
    expect(right.body).toMatchObject({
      state: 'approved',
      arguments: { expression: '1+1' },
      decision: { arguments: { expression: '2+2' } },
    });
  });

  test('checks an answer against what was asked for', async () => {
    const { id } = only(await pending([question({ options: ['one', 'two'] })]));
    for (const body of [{ decision: 'answer', answer: 'three' }, { decision: 'answer' }]) {
      const { status, body: problem } = await decide<Problem>(id, body);
      expect([status, problem.errors?.[0]?.field]).toEqual([400, 'answer']);
    }
    gateway.model.enqueue(answer('Two it is.'));
    expect((await decide(id, { decision: 'answer', answer: 'two' })).body).toMatchObject({
      state: 'answered',
      decision: { answer: 'two' },
    });
    const read = await eventually(async () => {
      const last = gateway.model.requests.at(-1)?.messages.at(-1);
      return last?.role === 'tool' ? last : undefined;
    });
    expect(read.content).toMatchObject([{ type: 'tool_result', status: 'completed', content: 'two' }]);
  });

  test.each([
    [{}, 'decision'],
    [{ decision: 'maybe' }, 'decision'],
    [{ decision: 'answer', answer: 'yes' }, 'decision'],
    [{ decision: 'reject', arguments: { expression: '2' } }, 'arguments'],
    [{ decision: 'approve', answer: 'yes' }, 'answer'],
    [{ decision: 'approve', sticky: 'always' }, 'sticky'],
    [{ decision: 'approve', massage: 'no' }, 'massage'],
  ])('names the field that is wrong: %j', async (body, field) => {
    const { id } = only(await pending([calculate('1+1')]));
    const { status, body: problem } = await decide<Problem>(id, body);
    expect([status, problem.errors?.[0]?.field]).toEqual([400, field]);
    expect((await call<Approval>('GET', `/api/approvals/${id}`)).body.state).toBe('pending');
  });

  test('is for those roles alone that the rule names', async () => {
    const strict = await agentWith({ tools: ['calculate'], approvals: [{ tools: ['*'], roles: ['boss', 'owner'] }] });
    const { id } = only(await pending([calculate('1+1')], strict));
    for (const role of [undefined, 'clerk']) {
      const { status, body } = await decide<Problem>(id, { decision: 'approve', role });
      expect([status, body]).toMatchObject([403, { code: 'forbidden', roles: ['boss', 'owner'] }]);
    }
    expect((await decide(id, { decision: 'approve', role: 'owner' })).body).toMatchObject({
      decision: { role: 'owner' },
    });
  });

  test('is for the tenant alone whose run it is', async () => {
    const { id, run_id } = only(await pending([calculate('1+1')]));
    const key = gateway.otherTenantKey;
    const body = { decision: 'approve' };
    for (const { status, body: problem } of [
      await call<Problem>('GET', `/api/approvals/${id}`, { key }),
      await decide<Problem>(id, body, { key }),
      await call<Problem>('POST', `/api/runs/${run_id}/approvals/${id}`, { body, key }),
      await decide<Problem>(newId(), body),
      await decide<Problem>('nonsense', body),
      await call<Problem>('POST', `/api/runs/${newId()}/approvals/${id}`, { body }),
    ]) {
      expect([status, problem.code]).toEqual([404, 'approval_not_found']);
    }
    const { body: inbox } = await call<Page<Approval>>('GET', '/api/approvals', { key });
    expect(inbox.data).toEqual([]);
  });

  test('comes too late when the run was cancelled', async () => {
    const { id, run_id } = only(await pending([calculate('1+1')]));
    await call('POST', `/api/runs/${run_id}/cancel`);
    const { status, body } = await decide<Problem>(id, { decision: 'approve' });
    expect([status, body]).toMatchObject([409, { code: 'approval_decided', state: 'cancelled' }]);
  });
});

describe('the inbox', () => {
  test('goes across threads, by pages and filters', async () => {
    const own = await agentWith({ tools: ['calculate', 'ask_user'] });
    const first = await pending([calculate('1+1'), question()], own);
    const second = await pending([calculate('2+2')], own);
    const ids = [...first, ...second].map(({ id }) => id).reverse();
    const list = async (query: string) =>
      (await call<Page<Approval>>('GET', `/api/approvals?agent=${own}&${query}`)).body;
    expect((await list('state=pending')).data.map(({ id }) => id)).toEqual(ids);
    const page = await list('limit=2');
    expect(page.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect((await list(`limit=2&cursor=${page.next_cursor}`)).data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await list('kind=input')).data).toMatchObject([{ question: 'How many?' }]);
    expect((await list(`thread_id=${second[0]?.thread_id}`)).data.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect((await list('user_id=ada')).data).toEqual([]);
    expect((await call('GET', '/api/approvals?state=open')).status).toBe(400);
  });
});

describe('the rules of an agent', () => {
  const rules = [
    { tools: ['calculate'], when: { argument: 'expression', op: 'contains', value: '/' }, roles: ['boss'] },
    { tools: ['*'], expires_in_seconds: 60, on_expiry: 'fail', ask: 'May it?' },
  ];

  test('are stored with its version, and shown', async () => {
    const changes = { tools: ['calculate'], approvals: rules, denied_tools: ['effect'], permission_mode: 'plan' };
    const slug = await agentWith(changes);
    expect((await call('GET', `/api/agents/${slug}`)).body).toMatchObject(changes);
    const patched = await call('PATCH', `/api/agents/${slug}`, { body: { approvals: null, permission_mode: null } });
    expect(patched.body).not.toHaveProperty('approvals');
    expect(patched.body).toMatchObject({ denied_tools: ['effect'], version: 2 });
  });

  test.each([
    [{ approvals: [{ tools: ['calculat'] }] }, 'approvals.0.tools.0', 'Did you mean calculate?'],
    [{ denied_tools: ['ask_usr'] }, 'denied_tools.0', 'Did you mean ask_user?'],
    [{ approvals: [{ tools: [] }] }, 'approvals.0.tools', ''],
    [
      { approvals: [{ tools: ['*'], when: { argument: 'a', op: 'in', value: 3 } }] },
      'approvals.0.when.value',
      'a list',
    ],
    [{ approvals: [{ tools: ['*'], when: { argument: 'a', op: '>', value: 3 } }] }, 'approvals.0.when.op', ''],
    [{ approvals: [{ tools: ['*'], on_expiry: 'escalate' }] }, 'approvals.0.on_expiry', ''],
    [{ permission_mode: 'yolo' }, 'permission_mode', ''],
  ])('are refused where they are wrong: %j', async (changes, field, message) => {
    const body = { name: 'Asker', slug: `asker-${newId()}`, definition: { role: 'You ask.' }, tools: ['calculate'] };
    const refused = await call<Problem>('POST', '/api/agents', { body: { ...body, ...changes } });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(refused.body.errors?.[0]).toMatchObject({ field, message: expect.stringContaining(message) });
  });
});
