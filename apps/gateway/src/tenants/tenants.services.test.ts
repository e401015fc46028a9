import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type Page, type Tenant } from '@troupe/contracts';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
let other: Tenant;

beforeAll(async () => {
  gateway = await startGatewayForTest();
  const { data } = (await json('GET', '/api/tenants'))[1] as Page<Tenant>;
  const found = data.find(({ slug }) => slug === 'other');
  if (!found) throw new Error('There is no other tenant.');
  other = found;
});
afterAll(() => gateway?.stop());

async function json(method: string, path: string, body?: unknown, key = gateway.key): Promise<[number, unknown]> {
  const response = await gateway.call(method, path, { key, ...(body !== undefined && { body }) });
  return [response.status, await response.json()];
}

describe('tenants', () => {
  test('are listed with their shares, page by page', async () => {
    const [status, first] = await json('GET', '/api/tenants?limit=1');
    const { data, next_cursor } = first as Page<Tenant>;
    expect([status, data]).toMatchObject([200, [{ slug: 'other', weight: 1 }]]);
    const [, second] = await json('GET', `/api/tenants?limit=1&cursor=${next_cursor}`);
    expect(second).toMatchObject({ data: [{ slug: 'default', weight: 1 }], next_cursor: null });
  });

  test('get the share that they are given', async () => {
    expect(await json('PUT', `/api/tenants/${other.id}`, { weight: 2.1 })).toEqual([200, { ...other, weight: 2.1 }]);
    expect(await json('GET', `/api/tenants/${other.id}`)).toEqual([200, { ...other, weight: 2.1 }]);
  });

  test.each([[0], [-1], [101], ['2'], [null]])('do not get a share of %j', async (weight) => {
    expect(await json('PUT', `/api/tenants/${other.id}`, { weight })).toMatchObject([
      400,
      { code: 'invalid_request', errors: [{ field: 'weight' }] },
    ]);
  });

  test('are for the operator alone', async () => {
    for (const key of [gateway.userKey, gateway.otherTenantKey]) {
      expect(await json('GET', '/api/tenants', undefined, key)).toMatchObject([403, { code: 'forbidden' }]);
      const change = await json('PUT', `/api/tenants/${other.id}`, { weight: 50 }, key);
      expect(change).toMatchObject([403, { code: 'forbidden' }]);
    }
  });

  test('that are not there are not found', async () => {
    for (const id of [newId(), 'default']) {
      expect(await json('GET', `/api/tenants/${id}`)).toMatchObject([404, { code: 'tenant_not_found' }]);
      expect(await json('PUT', `/api/tenants/${id}`, { weight: 2 })).toMatchObject([404, { code: 'tenant_not_found' }]);
    }
  });
});
