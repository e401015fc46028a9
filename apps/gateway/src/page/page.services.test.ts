import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway.stop());

test('the page is there for everybody, and lets only its own script and style run', async () => {
  const response = await gateway.call('GET', '/', { key: null });
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/html');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  for (const tag of ['script', 'style']) {
    const inline = [...html.matchAll(new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, 'gs'))];
    expect(inline).toHaveLength(1);
    const hash = createHash('sha256')
      .update(inline[0]?.[1] ?? '')
      .digest('base64');
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
});

test('the page asks no other server for anything', async () => {
  const html = await (await gateway.call('GET', '/', { key: null })).text();
  expect(html).not.toMatch(/(?:src|href|url\()=?["']?https?:/);
  expect(html).not.toMatch(/ style="| on\w+="/);
});
