import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { InteractResponse } from '@troupe/contracts';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const READERS = 40;
const BATCHES = 1_000;
/** Characters of a batch that Postgres cannot compress: the log has 20 MB. */
const BATCH_LENGTH = 20_000;
const MEBIBYTE = 1_048_576;

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest();
});

afterAll(() => gateway?.stop());

/** Bytes that are in use, garbage left out. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Opens a stream and reads nothing of it. */
async function openReader(runId: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${gateway.key}` };
  const sent = get(`${gateway.url}/api/runs/${runId}/events`, { headers, agent: false });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

test('readers of a long log who do not read cost little, and who reads gets all of it', async () => {
  gateway.worker.pause();
  const accepted = await gateway.call('POST', '/api/llm/interact', { body: { message: 'Hi', background: true } });
  const { run_id } = (await accepted.json()) as InteractResponse;
  await gateway.database.query(
    {
      name: 'test-long-log',
      text: `INSERT INTO run_events (run_id, attempt, n, first_n, events)
        SELECT $1, 1, i, i, jsonb_build_array(jsonb_build_object('type', 'text.delta', 'deltas', jsonb_build_array((
          SELECT string_agg(encode(sha256((i * 1000 + j)::text::bytea), 'base64'), '')
          FROM generate_series(1, ($3::int / 44)) AS j
        ))))
        FROM generate_series(1, $2::int) AS i`,
    },
    [run_id, BATCHES, BATCH_LENGTH],
  );

  const before = memoryInUse();
  const readers = await Promise.all(Array.from({ length: READERS }, () => openReader(run_id)));
  // As long as a reader takes something the gateway reads on, so this is until their connections are full.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const grown = memoryInUse() - before;
  // About 0.5 MiB in fact; the log would be 20.
  expect(grown / MEBIBYTE / READERS).toBeLessThan(2);

  const [reader, ...others] = readers;
  for (const other of others) other.destroy();
  if (!reader) throw new Error('There is no reader.');
  const ids: number[] = [];
  for await (const line of createInterface({ input: reader })) {
    if (line.startsWith('id: 1-')) ids.push(Number(line.slice('id: 1-'.length)));
    if (ids.length === BATCHES) break;
  }
  expect(ids).toEqual(Array.from({ length: BATCHES }, (_, index) => index + 1));
}, 120_000);

test('who asks for the head of a stream alone has the connection back at once', async () => {
  gateway.worker.pause();
  const accepted = await gateway.call('POST', '/api/llm/interact', { body: { message: 'Hi', background: true } });
  const { run_id } = (await accepted.json()) as InteractResponse;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${gateway.key}` };
    const sent = request(`${gateway.url}${path}`, { method, headers, agent }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { type: response.headers['content-type'], text: await text(response) };
  };
  expect(await ask('HEAD', `/api/runs/${run_id}/events`)).toMatchObject({
    type: expect.stringMatching(/^text\/event/),
  });
  // It would wait for the end of the run otherwise.
  expect(await ask('GET', '/livez')).toMatchObject({ text: expect.stringContaining('ok') });
  agent.destroy();
});
