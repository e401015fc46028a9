import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway.stop());

/** What a browser sends once its user has typed the key. */
const basic = (key: string) => ({ authorization: `Basic ${btoa(`anybody:${key}`)}` });

async function stylesheet(): Promise<string> {
  const page = await gateway.call('GET', '/admin/queues');
  const href = /href="(static\/css\/[^"]+)"/.exec(await page.text())?.[1];
  return `/admin/queues/${href}`;
}

describe('the dashboard', () => {
  test.each(['/admin/queues', '/admin/queues/api/queues', '/admin/queues/queue/llm'])(
    'asks a browser for the key at %s',
    async (path) => {
      const response = await gateway.call('GET', path, { key: null });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
    },
  );

  test('asks for the key at its files too', async () => {
    const path = await stylesheet();
    expect((await gateway.call('GET', path, { key: null })).status).toBe(401);
    const response = await gateway.call('GET', path, { key: null, headers: basic(gateway.key) });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/css');
  });

  test('shows every queue to an administrator', async () => {
    const response = await gateway.call('GET', '/admin/queues/api/queues', { key: null, headers: basic(gateway.key) });
    const { queues } = (await response.json()) as { queues: { name: string }[] };
    expect(queues.map(({ name }) => name).sort()).toEqual(['llm', 'memory', 'summaries', 'tools']);
  });

  test.each([
    ["no administrator's", () => gateway.userKey],
    ["those of another tenant's administrator, whose work is only a part of it", () => gateway.otherTenantKey],
  ])('is closed to keys that are %s, whatever they want to do', async (_case, key) => {
    const read = await gateway.call('GET', '/admin/queues/api/queues', { key: key() });
    const pause = await gateway.call('PUT', '/admin/queues/api/queues/llm/pause', { key: key() });
    expect([read.status, pause.status]).toEqual([403, 403]);
  });

  test('pauses and resumes a queue', async () => {
    const paused = await gateway.call('PUT', '/admin/queues/api/queues/llm/pause');
    const resumed = await gateway.call('PUT', '/admin/queues/api/queues/llm/resume');
    expect([paused.status, resumed.status]).toEqual([200, 200]);
  });
});
