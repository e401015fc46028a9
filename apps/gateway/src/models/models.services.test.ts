import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);

afterAll(() => gateway?.stop());

test('lists the models and says which is the default', async () => {
  const response = await gateway.call('GET', '/api/models', { key: gateway.userKey });
  expect([response.status, await response.json()]).toEqual([
    200,
    { data: [{ id: 'scripted/model', provider: 'scripted' }], default: 'scripted/model' },
  ]);
});
