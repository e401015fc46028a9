import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent, InteractResponse, RunResult } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import type { AgentRunAnswerDto } from '../agents/agent-run.dto.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

interface Problem {
  code: string;
  detail: string;
  errors?: { field: string; message: string }[];
}

const RECIPE = {
  type: 'object',
  properties: { title: { type: 'string' }, vegan: { enum: [true, false, null] } },
  required: ['title'],
};
const COOK = { name: 'Cook', definition: { role: 'You cook.' }, tools: ['calculate'] };

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

async function json<Body>(method: string, path: string, body?: unknown): Promise<[number, Body]> {
  const response = await gateway.call(method, path, { body });
  return [response.status, (await response.json()) as Body];
}

const interact = <Body = InteractResponse>(body: object) =>
  json<Body>('POST', '/api/llm/interact', { message: 'A soup', ...body });

describe('an output schema', () => {
  test('of a request: the answer has a value beside its text, and so has the run', async () => {
    gateway.model.enqueue(answer('Here: {"title":"Soup"}'));
    const [status, answered] = await interact({ output_schema: RECIPE, output_name: 'recipe' });
    expect(status).toBe(200);
    expect(answered).toMatchObject({ response: 'Here: {"title":"Soup"}', output: { title: 'Soup' } });
    expect(gateway.model.requests.at(-1)?.outputSchema).toEqual({ name: 'recipe', schema: RECIPE });
    const [, result] = await json<RunResult>('GET', `/api/runs/${answered.run_id}`);
    expect(result).toMatchObject({ output: { title: 'Soup' } });
  });

  test('a run without one has no output', async () => {
    gateway.model.enqueue(answer('Soup.'));
    const [, answered] = await interact({});
    expect(answered).not.toHaveProperty('output');
  });

  test('of an agent: it holds for its runs, null in it stays, and a request may replace it', async () => {
    const [created, agent] = await json<Agent>('POST', '/api/agents', {
      ...COOK,
      slug: 'strict',
      output_schema: RECIPE,
    });
    expect(created).toBe(201);
    expect(agent.output_schema).toEqual(RECIPE);
    gateway.model.enqueue(answer('{"title":"Soup","vegan":null}'), answer('3'));
    const [, first] = await json<AgentRunAnswerDto>('POST', '/api/agents/strict/run', { input: 'A soup' });
    expect(first).toMatchObject({ success: true, output: { title: 'Soup', vegan: null } });
    const [, second] = await json<AgentRunAnswerDto>('POST', '/api/agents/strict/run', {
      input: 'How many?',
      output_schema: { type: 'integer' },
    });
    expect(second.output).toBe(3);
    const [, changed] = await json<Agent>('PATCH', '/api/agents/strict', { output_schema: null });
    expect(changed).not.toHaveProperty('output_schema');
  });

  test('an answer that is not valid is a problem with the answer and its errors', async () => {
    gateway.model.enqueue(answer('{"title":3}'));
    const [status, problem] = await interact<Problem>({ output_schema: RECIPE });
    expect(status).toBe(502);
    expect(problem).toMatchObject({ code: 'output_invalid', last_answer: '{"title":3}', stop_reason: 'end_turn' });
  });

  test.each<[string, object, string]>([
    ['what is no schema', { type: 'strin' }, 'no valid JSON Schema'],
    ['a reference to elsewhere', { $ref: 'https://example.com/x.json' }, 'leads outside it'],
    ['a pattern that could take for ever', { pattern: '(a)\\1' }, 'no valid JSON Schema'],
    ['one that is too large', { description: 'x'.repeat(70_000) }, '65536 are allowed'],
  ])('%s is refused when it is sent, and when it is saved', async (_what, output_schema, message) => {
    const refusal = {
      code: 'invalid_request',
      errors: [{ field: 'output_schema', message: expect.stringContaining(message) }],
    };
    const sent = await interact<Problem>({ output_schema });
    expect(sent).toMatchObject([400, refusal]);
    expect(await json<Problem>('POST', '/api/agents', { ...COOK, output_schema })).toMatchObject([400, refusal]);
    expect(await json('POST', '/api/agents/cherry/run', { input: 'Hi', output_schema })).toMatchObject([400, refusal]);
  });

  test.each([
    ['output_schema', 'object'],
    ['output_schema', []],
    ['output_name', 'a b'],
    ['output_retries', 11],
    ['tool_choice', 'always'],
    ['tool_choice', { tool: '' }],
    ['max_parallel_tool_calls', 0],
    ['stop_on_tools', 'calculate'],
    ['limits', { max_turns: 0 }],
    ['limits', { max_cost_usd: -1 }],
    ['limits', { max_tokens: 5 }],
  ])('%s must be what it is said to be (%j)', async (field, value) => {
    const [status, problem] = await interact<Problem>({ [field]: value });
    expect(status).toBe(400);
    expect(problem.errors?.[0]?.field.split('.')[0]).toBe(field);
  });
});

describe('limits and the use of tools', () => {
  test('are kept with an agent, and changed field by field', async () => {
    const settings = {
      limits: { max_requests: 5, max_cost_usd: 0.5 },
      tool_choice: { tool: 'calculate' },
      max_parallel_tool_calls: 2,
      stop_on_tools: ['calculate'],
    };
    const [, agent] = await json<Agent>('POST', '/api/agents', { ...COOK, slug: 'bounded', ...settings });
    expect(agent).toMatchObject(settings);
    const [, changed] = await json<Agent>('PATCH', '/api/agents/bounded', { limits: null, tool_choice: null });
    expect(changed).toMatchObject({ max_parallel_tool_calls: 2, stop_on_tools: ['calculate'] });
    expect(changed).not.toHaveProperty('limits');
    expect(changed).not.toHaveProperty('tool_choice');
  });

  test('tools that the agent does not have are refused with near matches', async () => {
    const unknown = { code: 'tool_not_found', near_matches: ['calculate'] };
    const [status, problem] = await json<Problem>('POST', '/api/agents', { ...COOK, stop_on_tools: ['calculat'] });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(problem).toMatchObject({ ...unknown, errors: [{ field: 'stop_on_tools.0' }] });
    await json('POST', '/api/agents', { ...COOK, slug: 'cook' });
    const asked = await interact<Problem>({ persona_id: 'cook', tool_choice: { tool: 'calculat' } });
    expect(asked[1]).toMatchObject({ ...unknown, errors: [{ field: 'tool_choice.tool' }] });
    const run = await json<Problem>('POST', '/api/agents/cook/run', { input: 'Hi', stop_on_tools: ['calculat'] });
    expect(run[1]).toMatchObject(unknown);
  });

  test('a tool cannot be required where there is none', async () => {
    const [status, problem] = await json<Problem>('POST', '/api/agents', {
      ...COOK,
      tools: [],
      tool_choice: 'required',
    });
    expect([status, problem.errors?.[0]?.field]).toEqual([400, 'tool_choice']);
  });

  test('a tool that is taken from an agent may not be one that it stops on', async () => {
    await json('POST', '/api/agents', { ...COOK, slug: 'stops', stop_on_tools: ['calculate'] });
    const [, problem] = await json<Problem>('PATCH', '/api/agents/stops', { tools: [] });
    expect(problem).toMatchObject({ code: 'tool_not_found', errors: [{ field: 'stop_on_tools.0' }] });
  });

  test('are pinned with the run', async () => {
    gateway.model.enqueue(answer('Hi'));
    const limits = { max_requests: 3 };
    const [, { run_id }] = await interact({ persona_id: 'cook', limits, tool_choice: 'none', output_name: null });
    const [row] = await gateway.database.dataSource.query('SELECT options FROM runs WHERE id = $1', [run_id]);
    expect(row.options).toEqual({ limits, tool_choice: 'none', api_key_id: expect.anything() });
  });
});
