import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AcceptedRun, InteractResponse, Page, RunOptions, RunStep, StepRoute } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const MODEL = 'scripted/model';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
  const routing = { tiers: { simple: MODEL, complex: MODEL } };
  const body = { name: 'Routed', definition: { role: 'You help.' }, routing };
  expect((await gateway.call('POST', '/api/agents', { body })).status).toBe(201);
}, 60_000);

afterAll(() => gateway?.stop());

async function interact(body: object): Promise<[number, InteractResponse]> {
  const response = await gateway.call('POST', '/api/llm/interact', { body: { message: 'Hello', ...body } });
  return [response.status, (await response.json()) as InteractResponse];
}

async function optionsOf(runId: string): Promise<RunOptions> {
  const [row] = await gateway.database.dataSource.query<{ options: RunOptions }[]>(
    'SELECT options FROM runs WHERE id = $1',
    [runId],
  );
  return row?.options ?? {};
}

test('a tier of the agent that is named, or of the one whose thread it is, goes with the run', async () => {
  gateway.model.enqueue(answer('One.'), answer('Two.'));
  const [, first] = await interact({ persona_id: 'routed', tier: 'complex' });
  expect(await optionsOf(first.run_id)).toMatchObject({ tier: 'complex' });
  const [, second] = await interact({ thread_id: first.thread_id, tier: 'simple' });
  expect(await optionsOf(second.run_id)).toMatchObject({ tier: 'simple' });
});

test('a model that is named goes with the run, also when it is replayed with another one', async () => {
  gateway.model.enqueue(answer('One.'));
  const [, { run_id }] = await interact({ persona_id: 'routed', model: MODEL });
  expect(await optionsOf(run_id)).toMatchObject({ model: MODEL });
  gateway.model.enqueue(answer('Two.'));
  const [, unnamed] = await interact({ persona_id: 'routed' });
  expect(await optionsOf(unnamed.run_id)).not.toHaveProperty('model');

  gateway.worker.pause();
  const [, old] = await interact({ persona_id: 'routed', tier: 'simple', background: true });
  await gateway.call('POST', `/api/runs/${old.run_id}/cancel`);
  const replay = async (body: object) => {
    const response = await gateway.call('POST', `/api/runs/${old.run_id}/replay`, { body });
    const { run_id: id } = (await response.json()) as AcceptedRun;
    const options = await optionsOf(id);
    await gateway.call('POST', `/api/runs/${id}/cancel`);
    return options;
  };
  expect(await replay({ model: MODEL })).toMatchObject({ model: MODEL, tier: 'simple' });
  const same = await replay({});
  expect(same).toMatchObject({ tier: 'simple' });
  expect(same).not.toHaveProperty('model');
  gateway.worker.resume();
});

test.each([
  [{ persona_id: 'routed', tier: 'complx' }, 'There is no tier "complx". Did you mean complex?'],
  [{ tier: 'complex' }, 'This agent has no tiers.'],
])('a tier that is not there is refused before anything is stored: %j', async (body, message) => {
  expect(await interact(body)).toEqual([
    400,
    expect.objectContaining({ code: 'invalid_request', errors: [{ field: 'tier', pointer: '/tier', message }] }),
  ]);
});

test('who names a tier of an agent that is not there hears of the agent', async () => {
  expect(await interact({ persona_id: 'nobody', tier: 'simple' })).toEqual([
    404,
    expect.objectContaining({ code: 'agent_not_found' }),
  ]);
});

test('the steps of a run say why their model answered', async () => {
  gateway.model.enqueue(answer('One.'));
  const [, { run_id }] = await interact({ persona_id: 'routed' });
  const read = async () => {
    const response = await gateway.call('GET', `/api/runs/${run_id}/steps`);
    return ((await response.json()) as Page<RunStep>).data[0]?.route;
  };
  expect(await read()).toBeNull();
  const tried = [{ model: MODEL, outcome: 'completed' }];
  const route: StepRoute = { tier: 'simple', rule: 0, reason: 'rule', tried };
  await gateway.database.dataSource.query('UPDATE run_steps SET route = $2 WHERE run_id = $1', [
    run_id,
    JSON.stringify(route),
  ]);
  expect(await read()).toEqual(route);
});
