import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
  for (const slug of ['math-tutor', 'history-tutor']) await create(slug);
});

afterAll(() => gateway.stop());

async function create(slug: string, changes: object = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const body = { name: slug, slug, definition: { role: 'You help.' }, ...changes };
  const response = await gateway.call('POST', '/api/agents', { body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('agents that involve others', () => {
  test('are stored, changed and told of', async () => {
    const handoffs = [
      { agent: 'math-tutor', description: 'For sums.', history: 'last_message' },
      { agent: 'history-tutor', enabled: false },
    ];
    const reason = { type: 'object', properties: { why: { type: ['string', 'null'], default: null } } };
    const agents = [{ agent: 'math-tutor', name: 'sum_up', input_schema: reason }];
    const { status, body } = await create('triage', { handoffs, agents });
    expect(status).toBe(201);
    expect(body).toMatchObject({ handoffs, agents });
    const info = await gateway.call('GET', '/api/agents/triage/info');
    expect(await info.json()).toMatchObject({ handoffs_count: 1 });
    const changed = await gateway.call('PATCH', '/api/agents/triage', { body: { handoffs: null } });
    const after = (await changed.json()) as Record<string, unknown>;
    expect(after).toMatchObject({ agents, version: 2 });
    expect(after.handoffs).toBeUndefined();
  });

  test('an unknown one is refused with near matches', async () => {
    const { status, body } = await create('lost', {
      handoffs: [{ agent: 'maths-tutor' }],
      agents: [{ agent: 'nobody-at-all' }],
    });
    expect(status).toBe(404);
    expect(body).toMatchObject({
      code: 'agent_not_found',
      near_matches: ['math-tutor'],
      errors: [
        { field: 'handoffs.0.agent', message: expect.stringContaining('Did you mean math-tutor?') },
        { field: 'agents.0.agent' },
      ],
    });
  });

  test.each([
    ['a handoff to itself', { handoffs: [{ agent: 'self' }] }, 'handoffs.0.agent', 'cannot hand over to itself'],
    [
      'two handoffs of one name',
      { handoffs: [{ agent: 'math-tutor' }, { agent: 'math-tutor' }] },
      'handoffs.1.agent',
      'transfer_to_math_tutor',
    ],
    [
      'the name of a tool',
      { tools: ['calculate'], agents: [{ agent: 'math-tutor', name: 'calculate' }] },
      'agents.0.name',
      'one of its tools',
    ],
    [
      'the name of a handoff',
      { handoffs: [{ agent: 'math-tutor' }], agents: [{ agent: 'math-tutor', name: 'transfer_to_math_tutor' }] },
      'agents.0.name',
      'the handoff to math-tutor',
    ],
    [
      'a schema of no object',
      { handoffs: [{ agent: 'math-tutor', input_schema: { type: 'string' } }] },
      'handoffs.0.input_schema',
      'JSON Schema of an object',
    ],
    [
      'a schema that is none',
      { agents: [{ agent: 'math-tutor', input_schema: { type: 'object', properties: { a: { type: 'nonsense' } } } }] },
      'agents.0.input_schema',
      'no valid JSON Schema',
    ],
    [
      'a schema with a pattern',
      { agents: [{ agent: 'math-tutor', input_schema: { type: 'object', properties: { a: { pattern: '(a+)+$' } } } }] },
      'agents.0.input_schema',
      'must not use pattern',
    ],
  ])('%s is refused', async (_, changes, field, message) => {
    await create('self');
    const response = await gateway.call('PATCH', '/api/agents/self', { body: changes });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ field, message: expect.stringContaining(message) }],
    });
  });
});
