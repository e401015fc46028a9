import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent, Page } from '@troupe/contracts';
import { personas } from '@troupe/personas';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

interface Problem {
  code: string;
  detail: string;
  errors?: { field: string; message: string }[];
}

const PLANNER = { name: 'Planner', definition: { role: 'You plan.' } };
const TIERS = { simple: 'scripted/model', complex: 'scripted/model' };
const routed = (tiers: unknown, more: object = {}) => ({ ...PLANNER, routing: { tiers, ...more } });

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

async function json<Body>(method: string, path: string, body?: unknown, key?: string): Promise<[number, Body]> {
  const response = await gateway.call(method, path, { body, ...(key !== undefined && { key }) });
  return [response.status, (await response.json()) as Body];
}

function create(body: unknown): Promise<[number, Agent]> {
  return json<Agent>('POST', '/api/agents', body);
}

describe('creating an agent', () => {
  test('from a configuration fills in what is absent and compiles the prompt', async () => {
    const definition = { role: 'You plan campaigns.', goal: 'A good evening.', constraints: ['No spoilers.'] };
    const [status, agent] = await create({ name: 'D&D Plänner', definition });
    expect(status).toBe(201);
    expect(agent).toMatchObject({
      slug: 'd-d-planner',
      version: 1,
      name: 'D&D Plänner',
      definition,
      tools: [],
      memory: { type: 'last_n', n: 20 },
      max_turns: 10,
      system_prompt: 'You plan campaigns.\n\n# Goal\nA good evening.\n\n# Constraints\n- No spoilers.',
    });
    expect(await json('GET', '/api/agents/d-d-planner')).toEqual([200, agent]);
    expect(await json('GET', `/api/agents/${agent.id}`)).toEqual([200, agent]);
  });

  test('takes every field', async () => {
    const whole = {
      ...PLANNER,
      slug: 'whole',
      description: 'Plans.',
      definition: {
        role: 'You plan.',
        personality: { tone: 'calm', traits: ['patient'] },
        examples: [{ user: 'Hi', assistant: 'Hello' }],
        instructions: 'Be brief.',
      },
      model: 'scripted/model',
      fallback_models: ['scripted/model'],
      on_interruption: 'fail',
      routing: {
        tiers: { simple: 'scripted/model', 'my-own': 'scripted/model' },
        default: 'simple',
        rules: [
          { when: { min_input_tokens: 1, max_input_tokens: 2, has_tools: true, has_images: false }, use: 'my-own' },
          { when: { has_files: true, min_turn: 1, max_turn: 2, budget_below_usd: 0.5 }, use: 'simple' },
        ],
      },
      model_settings: { temperature: 0.2, top_p: 0.9, max_tokens: 100, stop: ['END'] },
      tools: ['calculate', 'current_time'],
      memory: { type: 'summary_window', last: 30 },
      max_turns: 3,
    };
    expect(await create(whole)).toEqual([201, expect.objectContaining(whole)]);
  });

  test('from a persona takes its configuration, with changes', async () => {
    const cherry = personas.find(({ slug }) => slug === 'cherry')?.configuration;
    const [status, agent] = await create({ persona_id: 'cherry', name: 'Cherry Two', max_turns: 2 });
    expect(status).toBe(201);
    expect(agent).toMatchObject({ ...cherry, slug: 'cherry-two', name: 'Cherry Two', max_turns: 2 });
    expect(agent).not.toHaveProperty('persona');
  });

  test('refuses a slug that is taken', async () => {
    expect(await create({ ...PLANNER, slug: 'cherry' })).toEqual([
      409,
      expect.objectContaining({ code: 'agent_exists' }),
    ]);
  });

  test.each([
    ['no name', { definition: { role: 'You plan.' } }, 'name', 'name is needed'],
    ['no definition', { name: 'Planner' }, 'definition', 'or a persona_id'],
    ['a blank name', { ...PLANNER, name: '  ' }, 'name', 'blank'],
    ['null as name', { ...PLANNER, name: null }, 'name', 'name'],
    ['no role', { ...PLANNER, definition: {} }, 'definition.role', 'definition.role is required'],
    ['a list as definition', { ...PLANNER, definition: [] }, 'definition', 'must be an object'],
    ['an unknown field', { ...PLANNER, tool: [] }, 'tool', 'Did you mean tools or '],
    ['a bad slug', { ...PLANNER, slug: 'Not A Slug' }, 'slug', 'lower-case'],
    ['an id as slug', { ...PLANNER, slug: '0190c5f0-0000-7000-8000-000000000000' }, 'slug', 'UUID'],
    ['a name without letters for a slug', { ...PLANNER, name: '???' }, 'slug', 'send a slug'],
    ['a temperature of 3', { ...PLANNER, model_settings: { temperature: 3 } }, 'model_settings.temperature', '2'],
    ['no turns', { ...PLANNER, max_turns: 0 }, 'max_turns', '1'],
    ['an unknown memory', { ...PLANNER, memory: { type: 'all' } }, 'memory.type', 'last_n'],
    ['a memory that lacks its number', { ...PLANNER, memory: { type: 'last_n' } }, 'memory.n', 'memory.n is required'],
    [
      'a field of another memory',
      { ...PLANNER, memory: { type: 'last_n', n: 5, last: 3 } },
      'memory.last',
      'not a known',
    ],
    ['a text as definition', { ...PLANNER, definition: 'You plan.' }, 'definition', 'must be an object'],
    ['a text as a number of turns', { ...PLANNER, max_turns: '3' }, 'max_turns', 'integer'],
    ['a text as memory', { ...PLANNER, memory: 'last_n' }, 'memory', 'must be an object'],
    ['a routing without tiers', routed({}), 'routing.tiers', 'At least one tier'],
    ['a list of tiers', routed(['scripted/model']), 'routing.tiers', 'must name models'],
    ['a name of a tier that is none', routed({ 'a tier': 'scripted/model' }), 'routing.tiers', 'must name models'],
    ['an unknown default tier', routed(TIERS, { default: 'simpel' }), 'routing.default', 'Did you mean simple?'],
    [
      'an unknown tier of a rule',
      routed(TIERS, { rules: [{ when: {}, use: 'complx' }] }),
      'routing.rules.0.use',
      'Did you mean complex?',
    ],
    [
      'an unknown condition',
      routed(TIERS, { rules: [{ when: { has_image: true }, use: 'simple' }] }),
      'routing.rules.0.when.has_image',
      'Did you mean has_images?',
    ],
    [
      'a rule that never holds',
      routed(TIERS, { rules: [{ when: { min_turn: 3, max_turn: 2 }, use: 'simple' }] }),
      'routing.rules.0.when.max_turn',
      'never hold',
    ],
    ['a rule without conditions', routed(TIERS, { rules: [{ use: 'simple' }] }), 'routing.rules.0.when', 'required'],
  ])('refuses %s', async (_what, body, field, text) => {
    const [status, problem] = await json<Problem>('POST', '/api/agents', body);
    expect([status, problem.code]).toEqual([400, 'invalid_request']);
    expect(problem.errors?.find((error) => error.field === field)?.message).toContain(text);
  });

  test.each([
    [
      'tool',
      { ...PLANNER, tools: ['calculate', 'calculat'] },
      422,
      'tool_not_found',
      'tools.1',
      'Did you mean calculate?',
    ],
    ['model', { ...PLANNER, model: 'scripted/other' }, 422, 'model_not_found', 'model', 'scripted/other'],
    [
      'model of a tier',
      routed({ ...TIERS, complex: 'scripted/other' }),
      422,
      'model_not_found',
      'routing.tiers.complex',
      'scripted/other',
    ],
    ['persona', { persona_id: 'chery' }, 404, 'agent_not_found', 'persona_id', 'Did you mean cherry?'],
  ])('names the unknown %s', async (_what, body, status, code, field, text) => {
    const [answered, problem] = await json<Problem>('POST', '/api/agents', body);
    expect([answered, problem.code]).toEqual([status, code]);
    expect(problem.errors?.[0]).toMatchObject({ field, message: expect.stringContaining(text) });
  });
});

describe('changing an agent', () => {
  test('PATCH makes a version with the given fields, null takes the default', async () => {
    await create({ ...PLANNER, slug: 'patched', description: 'Old.', tools: ['calculate'], max_turns: 4 });
    const [status, agent] = await json<Agent>('PATCH', '/api/agents/patched', { description: null, max_turns: null });
    expect(status).toBe(200);
    expect(agent).toMatchObject({ version: 2, tools: ['calculate'], max_turns: 10 });
    expect(agent).not.toHaveProperty('description');
  });

  test('PATCH replaces the routing as a whole, and null takes it away', async () => {
    await create({ ...routed(TIERS, { default: 'simple' }), slug: 'routed' });
    const routing = { tiers: { own: 'scripted/model' } };
    const [, changed] = await json<Agent>('PATCH', '/api/agents/routed', { routing: { ...routing, default: null } });
    expect(changed.routing).toEqual(routing);
    const [, bare] = await json<Agent>('PATCH', '/api/agents/routed', { routing: null });
    expect(bare).not.toHaveProperty('routing');
  });

  test('PUT replaces the configuration', async () => {
    await create({ ...PLANNER, slug: 'replaced', description: 'Old.', tools: ['calculate'] });
    const [, agent] = await json<Agent>('PUT', '/api/agents/replaced', { ...PLANNER, name: 'New' });
    expect(agent).toMatchObject({ slug: 'replaced', version: 2, name: 'New', tools: [] });
    expect(agent).not.toHaveProperty('description');
  });

  test('versions stay, newest first, in pages', async () => {
    await create({ ...PLANNER, slug: 'versioned' });
    for (const name of ['Second', 'Third']) await json('PATCH', '/api/agents/versioned', { name });
    const path = '/api/agents/versioned/versions?limit=2';
    const [, first] = await json<Page<Agent>>('GET', path);
    expect(first.data.map(({ version, name }) => [version, name])).toEqual([
      [3, 'Third'],
      [2, 'Second'],
    ]);
    const [, second] = await json<Page<Agent>>('GET', `${path}&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ data: [{ version: 1, name: 'Planner' }], next_cursor: null });
  });

  test('refuses an incomplete PUT, a null name and unknown tools, and stores nothing', async () => {
    await create({ ...PLANNER, slug: 'kept' });
    expect((await json<Problem>('PUT', '/api/agents/kept', { name: 'New' }))[1].errors?.[0]?.field).toBe('definition');
    expect((await json<Problem>('PATCH', '/api/agents/kept', { name: null }))[1].errors?.[0]?.field).toBe('name');
    expect((await json<Problem>('PATCH', '/api/agents/kept', { tools: ['nothing_like_it'] }))[0]).toBe(422);
    expect((await json<Agent>('GET', '/api/agents/kept'))[1].version).toBe(1);
  });

  test('DELETE frees the slug', async () => {
    const [, { id }] = await create({ ...PLANNER, slug: 'deleted' });
    expect((await gateway.call('DELETE', '/api/agents/deleted')).status).toBe(204);
    expect((await gateway.call('GET', `/api/agents/${id}`)).status).toBe(404);
    expect((await create({ ...PLANNER, slug: 'deleted' }))[0]).toBe(201);
  });
});

describe('finding agents', () => {
  test('pages go by slug and hold each agent once', async () => {
    const slugs: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const [, page] = await json<Page<Agent>>('GET', `/api/agents?limit=3${query}`);
      slugs.push(...page.data.map(({ slug }) => slug));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(slugs).toEqual(expect.arrayContaining(personas.map(({ slug }) => slug)));
    expect(new Set(slugs).size).toBe(slugs.length);
  });

  test.each(['0', '101', 'many'])('refuses a limit of %s', async (limit) => {
    const [status, problem] = await json<Problem>('GET', `/api/agents?limit=${limit}`);
    expect([status, problem.errors?.[0]?.field]).toEqual([400, 'limit']);
  });

  test('refuses a cursor that is none', async () => {
    const [status, problem] = await json<Problem>('GET', '/api/agents/cherry/versions?cursor=x');
    expect([status, problem.errors?.[0]?.field]).toEqual([400, 'cursor']);
  });

  test('an unknown slug comes with near matches', async () => {
    const [status, problem] = await json<Problem>('GET', '/api/agents/chery');
    expect([status, problem.code]).toEqual([404, 'agent_not_found']);
    expect(problem.detail).toContain('Did you mean cherry?');
  });

  test("another tenant's agent is as unknown as any", async () => {
    const [, { id }] = await create({ ...PLANNER, slug: 'ours' });
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/info'],
      ['GET', '/versions'],
      ['PATCH', '', { name: 'Theirs' }],
      ['PUT', '', PLANNER],
      ['DELETE', ''],
      ['POST', '/run', { input: 'Hi' }],
    ] as const) {
      for (const agent of ['ours', id]) {
        const [status, problem] = await json<Problem>(
          method,
          `/api/agents/${agent}${path}`,
          body,
          gateway.otherTenantKey,
        );
        expect([method, path, status, problem.code]).toEqual([method, path, 404, 'agent_not_found']);
      }
    }
    expect((await json<Agent>('GET', '/api/agents/ours'))[1]).toMatchObject({ id, version: 1 });
  });
});
