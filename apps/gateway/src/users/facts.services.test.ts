import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Fact, newId, type Page } from '@troupe/contracts';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

async function json<Body>(method: string, path: string, body?: unknown, key = gateway.key): Promise<[number, Body]> {
  const response = await gateway.call(method, path, { body, key });
  return [response.status, (await response.json()) as Body];
}

test('facts are set, replaced, listed by key and forgotten', async () => {
  const path = `/api/users/${encodeURIComponent('sam@example.com/1')}/facts`;
  const [status, fact] = await json<Fact>('PUT', `${path}/diet`, { value: 'vegetarian', category: 'preference' });
  expect(status).toBe(200);
  expect(fact).toMatchObject({
    user_id: 'sam@example.com/1',
    key: 'diet',
    value: 'vegetarian',
    category: 'preference',
  });
  await json('PUT', `${path}/city`, { value: 'Rome' });
  await json('PUT', `${path}/diet`, { value: 'vegan' });

  const [, first] = await json<Page<Fact>>('GET', `${path}?limit=1`);
  expect(first).toMatchObject({ data: [{ key: 'city', category: null }], next_cursor: 'city' });
  const [, second] = await json<Page<Fact>>('GET', `${path}?limit=1&cursor=city`);
  expect(second).toMatchObject({ data: [{ id: fact.id, key: 'diet', value: 'vegan' }], next_cursor: null });

  expect((await gateway.call('DELETE', `${path}/diet`)).status).toBe(204);
  expect(await json('DELETE', `${path}/diet`)).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
});

test("another tenant's user of the same name is somebody else", async () => {
  const path = `/api/users/${newId()}/facts`;
  await json('PUT', `${path}/city`, { value: 'Rome' });
  expect((await json<Page<Fact>>('GET', path, undefined, gateway.otherTenantKey))[1].data).toEqual([]);
  expect((await json('DELETE', `${path}/city`, undefined, gateway.otherTenantKey))[0]).toBe(404);
  expect((await json<Page<Fact>>('GET', path))[1].data).toHaveLength(1);
});

test.each([
  ['no value', {}, 'value'],
  ['an empty value', { value: '' }, 'value'],
  ['a number', { value: 7 }, 'value'],
  ['a value that is too long', { value: 'x'.repeat(2_001) }, 'value'],
  ['a bad category', { value: 'x', category: 7 }, 'category'],
  ['an unknown field', { value: 'x', kind: 'y' }, 'kind'],
])('refuses %s', async (_what, body, field) => {
  const [status, problem] = await json('PUT', '/api/users/kim/facts/city', body);
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field })] })]);
});

test.each([
  [`/api/users/${'x'.repeat(201)}/facts/city`, 'user_id'],
  [`/api/users/kim/facts/${'x'.repeat(201)}`, 'key'],
  ['/api/users/%00/facts/city', 'user_id'],
])('refuses names that cannot be stored', async (path, field) => {
  const [status, problem] = await json('PUT', path, { value: 'x' });
  expect([status, problem]).toEqual([400, expect.objectContaining({ errors: [expect.objectContaining({ field })] })]);
});
