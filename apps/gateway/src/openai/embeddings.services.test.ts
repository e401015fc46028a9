import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());

function embed(body: object): Promise<Response> {
  return gateway.call('POST', '/v1/embeddings', { body: { model: 'scripted/lengths', ...body } });
}

test('a text becomes a vector, and is charged', async () => {
  const response = await embed({ input: 'abc', user: 'ignored' });
  expect([response.status, await response.json()]).toEqual([
    200,
    {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [3, 3.5] }],
      model: 'scripted/lengths',
      usage: { prompt_tokens: 1, total_tokens: 1 },
    },
  ]);
  const text = "SELECT * FROM usage_ledger WHERE purpose = 'embedding'";
  const row = await eventually(async () => {
    return (await gateway.database.query<object>({ name: 'test-embedding-charges', text }, []))[0];
  });
  expect(row).toMatchObject({ provider: 'scripted', model: 'lengths', outcome: 'completed', input_tokens: 1 });
});

test('texts keep their order, vectors have the length that was asked for', async () => {
  const { data } = (await (await embed({ input: ['a', 'bbbb'], dimensions: 3, encoding_format: 'float' })).json()) as {
    data: unknown;
  };
  expect(data).toEqual([
    { object: 'embedding', index: 0, embedding: [1, 1.5, 2] },
    { object: 'embedding', index: 1, embedding: [4, 4.5, 5] },
  ]);
});

test('base64 is little-endian floats', async () => {
  const { data } = (await (await embed({ input: 'abc', encoding_format: 'base64' })).json()) as {
    data: { embedding: string }[];
  };
  const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64');
  expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 3, 3.5]);
});

test.each<[string, object, number, object]>([
  ['tokens', { input: [1, 2, 3] }, 400, { param: 'input', message: expect.stringContaining('tokenizer') }],
  ['lists of tokens', { input: [[1, 2]] }, 400, { param: 'input', message: expect.stringContaining('tokenizer') }],
  ['nothing', {}, 400, { param: 'input' }],
  ['no texts', { input: [] }, 400, { param: 'input' }],
  ['a strange format', { input: 'a', encoding_format: 'int8' }, 400, { param: 'encoding_format' }],
  ['an unknown model', { input: 'a', model: 'nobody/knows' }, 404, { param: 'model', code: 'model_not_found' }],
])('%s: refused clearly', async (_case, body, status, error) => {
  const response = await embed(body);
  expect([response.status, await response.json()]).toMatchObject([status, { error }]);
});
