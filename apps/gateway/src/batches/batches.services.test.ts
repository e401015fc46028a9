import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Batch, type BatchItemResult, newId, type Page } from '@troupe/contracts';
import {
  claimBatch,
  ensureTenant,
  finishBatch,
  intendSubmission,
  ledgerRow,
  type NewBatchResult,
  readBatchRequests,
  recordBatchProgress,
  recordSubmission,
  storeBatchResults,
} from '@troupe/database';
import { type CallOptions, type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());

const PATH = '/api/llm/batches';

async function json<T>(method: string, path: string, options: CallOptions = {}): Promise<[number, T]> {
  const response = await gateway.call(method, path, options);
  return [response.status, (await response.json()) as T];
}

function items(count: number) {
  return Array.from({ length: count }, (_, index) => ({ custom_id: `item-${index}`, message: `Hello ${index}` }));
}

async function created(body: object = { items: items(3) }, key?: string): Promise<Batch> {
  const [status, batch] = await json<Batch>('POST', PATH, { body, ...(key && { key }) });
  expect([status, batch]).toEqual([202, expect.objectContaining({ status: 'queued' })]);
  return batch;
}

/** Does what a worker would: the batch is with its provider, and these results came. */
async function worked(batch: Batch, results: NewBatchResult[], end = true): Promise<void> {
  const { database } = gateway;
  await database.dataSource.query(`UPDATE batches SET due_at = now() - interval '1 day' WHERE id = $1`, [batch.id]);
  const held = await claimBatch(database, 60);
  if (held?.id !== batch.id) throw new Error('Another batch was claimed.');
  await intendSubmission(database, held, 'none');
  await recordSubmission(database, held, 'batch_1');
  await recordBatchProgress(database, held, { status: 'in_progress', completed: 1, failed: 0 });
  await storeBatchResults(database, held, results);
  if (!end) return;
  await finishBatch(database, held, {
    status: 'completed',
    error: null,
    rest: { status: 'expired', error: null },
    callId: newId(),
  });
}

function answered(position: number, text: string): NewBatchResult {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
  };
  const ledger = ledgerRow({
    purpose: 'batch',
    model: 'scripted/model',
    outcome: 'completed',
    usage: { ...usage, estimated: false },
    price: { cost: 0.5, priceVersion: 'test@1' },
  });
  return {
    position,
    status: 'completed',
    response: { content: [{ type: 'text', text }], finish: { reason: 'stop', raw: 'stop' } },
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      cached_input_tokens: 0,
      reasoning_tokens: 0,
      cost: 0.5,
    },
    error: null,
    ledger,
  };
}

describe('a new batch', () => {
  test('is stored, and says where it is', async () => {
    const body = { model: gateway.model.id, items: items(3), metadata: { project: 'reviews' } };
    const response = await gateway.call('POST', PATH, { body });
    const batch = (await response.json()) as Batch;
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`${PATH}/${batch.id}`);
    expect(batch).toEqual({
      id: expect.any(String),
      model: 'scripted/model',
      status: 'queued',
      counts: { total: 3, pending: 3, completed: 0, failed: 0, cancelled: 0, expired: 0 },
      cancel_requested: false,
      metadata: { project: 'reviews' },
      usage: {
        input_tokens: 0,
        output_tokens: 0,
        total_tokens: 0,
        cached_input_tokens: 0,
        reasoning_tokens: 0,
        cost: 0,
      },
      error: null,
      created_at: expect.any(String),
      submitted_at: null,
      ended_at: null,
    });
    expect(await json('GET', `${PATH}/${batch.id}`)).toEqual([200, batch]);
  });

  test('holds requests in the words of models', async () => {
    const schema = { type: 'object', properties: {} };
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const batch = await created({
      items: [
        { custom_id: 'a', message: 'Hello', system: 'Be brief.', settings: { temperature: 0.2, top_p: null } },
        {
          custom_id: 'b',
          system: null,
          settings: null,
          output_schema: schema,
          messages: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture] },
            { role: 'assistant', content: 'A dot.' },
            { role: 'user', content: 'Sure?' },
          ],
        },
      ],
    });
    const requests: unknown[] = [];
    for await (const { request } of readBatchRequests(gateway.database, batch.id)) requests.push(request);
    const text = (said: string) => [{ type: 'text', text: said }];
    expect(requests).toEqual([
      {
        system: 'Be brief.',
        messages: [{ role: 'user', content: text('Hello') }],
        settings: { temperature: 0.2 },
      },
      {
        system: 'Be kind.',
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture] },
          { role: 'assistant', content: text('A dot.') },
          { role: 'user', content: text('Sure?') },
        ],
        outputSchema: { name: 'output', schema },
      },
    ]);
  });

  const item = (fields: object) => ({
    items: [
      { custom_id: 'a', message: 'Hello' },
      { custom_id: 'b', ...fields },
    ],
  });
  test.each<[string, object, string]>([
    ['no items', { items: [] }, 'items'],
    ['items that are none', { items: 'a' }, 'items'],
    ['an item that is no object', { items: [null] }, 'items.0'],
    ['an item without a name', { items: [{ message: 'Hello' }] }, 'items.0.custom_id'],
    ['an item with a blank name', { items: [{ custom_id: ' ', message: 'Hello' }] }, 'items.0.custom_id'],
    ['an item without a message', item({}), 'items.1.messages'],
    ['an item with both', item({ message: 'a', messages: [{ role: 'user', content: 'a' }] }), 'items.1.message'],
    ['only system messages', item({ messages: [{ role: 'system', content: 'a' }] }), 'items.1.messages'],
    ['a message of nobody', item({ messages: [{ role: 'god', content: 'a' }] }), 'items.1.messages.0.role'],
    ['a message without content', item({ messages: [{ role: 'user' }] }), 'items.1.messages.0.content'],
    [
      'a part of another kind',
      item({ messages: [{ role: 'user', content: [{ type: 'sound' }] }] }),
      'items.1.messages.0.content',
    ],
    [
      'an image of a file',
      item({ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'file:///etc' } }] }] }),
      'items.1.messages.0.content',
    ],
    ['a wrong setting', item({ message: 'a', settings: { temperature: 5 } }), 'items.1.settings.temperature'],
    ['a field that there is not', item({ message: 'a', systm: 'b' }), 'items.1.systm'],
    ['the same name twice', item({ custom_id: 'a', message: 'b' }), 'items.1.custom_id'],
    ['what the model cannot take', item({ message: 'unsendable' }), 'items.1'],
    ['more items than the provider takes', { items: items(61) }, 'items'],
    ['more bytes than the provider takes', { items: [{ custom_id: 'a', message: 'x'.repeat(20_000) }] }, 'items'],
    ['metadata that is no text', { items: items(1), metadata: { a: 1 } }, 'metadata.a'],
    [
      'too much metadata',
      { items: items(1), metadata: Object.fromEntries(items(17).map(({ custom_id }) => [custom_id, 'x'])) },
      'metadata',
    ],
  ])('with %s is refused, and nothing is stored', async (_case, body, field) => {
    const [, before] = await json<Page<Batch>>('GET', PATH);
    const [status, problem] = await json('POST', PATH, { body });
    expect([status, problem]).toMatchObject([400, { code: 'invalid_request', errors: [{ field }] }]);
    expect((await json<Page<Batch>>('GET', PATH))[1]).toEqual(before);
  });

  test('names all that is wrong with it, up to twenty', async () => {
    const wrong = Array.from({ length: 50 }, () => ({ custom_id: 'a', message: '' }));
    const [status, problem] = await json<{ errors: { field: string }[] }>('POST', PATH, { body: { items: wrong } });
    expect(status).toBe(400);
    expect(problem.errors.map(({ field }) => field)).toEqual(
      Array.from({ length: 20 }, (_, index) => `items.${index}.message`),
    );
  });

  test('of a model that nobody knows is refused', async () => {
    const [status, problem] = await json('POST', PATH, { body: { model: 'nobody/knows', items: items(1) } });
    expect([status, problem]).toMatchObject([422, { code: 'model_not_found' }]);
  });

  test('may be larger than other bodies', async () => {
    const small = await startGatewayForTest({ maxBodyBytes: 1_000 });
    const send = (bytes: number) =>
      small.call('POST', PATH, { body: { items: [{ custom_id: 'a', message: 'x'.repeat(bytes) }] } });
    expect((await send(10_000)).status).toBe(202);
    expect((await send(20_000)).status).toBe(413);
    expect((await small.call('POST', '/api/chats', { body: { title: 'x'.repeat(2_000) } })).status).toBe(413);
    await small.stop();
  });

  test('needs a key', async () => {
    expect((await gateway.call('POST', PATH, { body: { items: items(1) }, key: null })).status).toBe(401);
    await created({ items: items(1) }, gateway.userKey);
  });
});

describe('the results of a batch', () => {
  test('come in the order of its items, a page at a time', async () => {
    const batch = await created({
      items: [...items(4), { custom_id: 'json', message: 'Hello', output_schema: { type: 'object' } }],
    });
    const path = `${PATH}/${batch.id}/results`;
    await worked(
      batch,
      [
        answered(4, '{"a": 1}'),
        answered(2, 'Two.'),
        {
          position: 0,
          status: 'failed',
          response: null,
          usage: null,
          error: { code: 'provider_invalid_request', fault: 'caller', message: 'No.', retryable: false },
          ledger: null,
        },
      ],
      true,
    );
    expect((await json<Batch>('GET', `${PATH}/${batch.id}`))[1]).toMatchObject({
      status: 'completed',
      counts: { total: 5, pending: 0, completed: 2, failed: 1, expired: 2 },
      usage: { input_tokens: 20, output_tokens: 10, total_tokens: 30, cost: 1 },
      ended_at: expect.any(String),
    });
    const [, first] = await json<Page<BatchItemResult>>('GET', `${path}?limit=3`);
    expect(first.data).toEqual([
      {
        custom_id: 'item-0',
        status: 'failed',
        message: null,
        output: null,
        stop_reason: null,
        usage: null,
        error: { code: 'provider_invalid_request', fault: 'caller', message: 'No.', retryable: false },
      },
      expect.objectContaining({ custom_id: 'item-1', status: 'expired', message: null, error: null }),
      {
        custom_id: 'item-2',
        status: 'completed',
        message: { role: 'assistant', content: 'Two.' },
        output: null,
        stop_reason: 'end_turn',
        usage: expect.objectContaining({ total_tokens: 15, cost: 0.5 }),
        error: null,
      },
    ]);
    const [, rest] = await json<Page<BatchItemResult>>('GET', `${path}?limit=3&cursor=${first.next_cursor}`);
    expect(rest.data.map(({ custom_id }) => custom_id)).toEqual(['item-3', 'json']);
    expect(rest.data[1]?.output).toEqual({ a: 1 });
    expect(rest.next_cursor).toBeNull();
    expect((await json('GET', `${path}?cursor=x`))[0]).toBe(400);
  });

  test.each(['application/jsonl', 'application/x-ndjson, */*'])('come as lines for %s', async (accept) => {
    const batch = await created({ items: items(60) });
    await worked(
      batch,
      items(60).map((_, position) => answered(position, `Answer ${position} \u2028`)),
      false,
    );
    const response = await gateway.call('GET', `${PATH}/${batch.id}/results`, { headers: { accept } });
    expect(response.headers.get('content-type')).toContain('application/jsonl');
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe('');
    const results = lines.map((line) => JSON.parse(line) as BatchItemResult);
    expect(results.map(({ message }) => message?.content)).toEqual(items(60).map((_, at) => `Answer ${at} \u2028`));
    const behind = await gateway.call('GET', `${PATH}/${batch.id}/results?cursor=57`, { headers: { accept } });
    expect((await behind.text()).match(/item-\d+/g)).toEqual(['item-58', 'item-59']);
  });

  test('are there before its end, and counted with what the provider tells', async () => {
    const batch = await created();
    await worked(batch, [], false);
    expect((await json<Batch>('GET', `${PATH}/${batch.id}`))[1]).toMatchObject({
      status: 'in_progress',
      counts: { pending: 2, completed: 1 },
      submitted_at: expect.any(String),
    });
    const [, page] = await json<Page<BatchItemResult>>('GET', `${PATH}/${batch.id}/results`);
    expect(page.data.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
  });
});

describe('a batch that is cancelled', () => {
  test('ends at once when it was not sent', async () => {
    const { id } = await created();
    const cancelled = { status: 'cancelled', counts: { cancelled: 3, pending: 0 }, cancel_requested: true };
    expect(await json('POST', `${PATH}/${id}/cancel`)).toMatchObject([200, cancelled]);
    expect(await json('POST', `${PATH}/${id}/cancel`)).toMatchObject([200, cancelled]);
  });

  test('is noted when it was', async () => {
    const batch = await created();
    await worked(batch, [], false);
    const noted = { status: 'in_progress', cancel_requested: true };
    expect(await json('POST', `${PATH}/${batch.id}/cancel`)).toMatchObject([200, noted]);
  });
});

describe('batches of a tenant', () => {
  test('are listed newest first, a page at a time', async () => {
    const key = gateway.otherTenantKey;
    const made = [await created(undefined, key), await created(undefined, key), await created(undefined, key)];
    const ids = made.map(({ id }) => id).reverse();
    const [, first] = await json<Page<Batch>>('GET', `${PATH}?limit=2`, { key });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const [, rest] = await json<Page<Batch>>('GET', `${PATH}?cursor=${first.next_cursor}`, { key });
    expect(rest.data.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  test('are nobody else’s', async () => {
    const { id } = await created();
    const key = gateway.otherTenantKey;
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/results'],
      ['POST', '/cancel'],
    ] as const) {
      const answer = await json(method, `${PATH}/${id}${path}`, { key });
      expect(answer).toMatchObject([404, { code: 'batch_not_found' }]);
    }
    const lines = { key, headers: { accept: 'application/jsonl' } };
    expect((await json('GET', `${PATH}/${id}/results`, lines))[0]).toBe(404);
    expect((await json<Batch>('GET', `${PATH}/${id}`))[1].status).toBe('queued');
    const [, { data }] = await json<Page<Batch>>('GET', PATH, { key });
    expect(data.map((batch) => batch.id)).not.toContain(id);
  });

  test.each(['nothing', newId()])('hold none that is called %s', async (id) => {
    expect(await json('GET', `${PATH}/${id}`)).toMatchObject([404, { code: 'batch_not_found' }]);
  });

  test('carry their tenant on every row', async () => {
    const { id } = await created();
    const tenantId = await ensureTenant(gateway.database, 'default');
    const rows = await gateway.database.dataSource.query(
      `SELECT tenant_id FROM batches WHERE id = $1 UNION SELECT tenant_id FROM batch_items WHERE batch_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ tenant_id: tenantId }]);
  });
});
