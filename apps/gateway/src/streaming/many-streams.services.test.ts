import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { InteractResponse, RunEvent } from '@troupe/contracts';
import { answer } from '@troupe/testing';
import { eventsOf } from '../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

const RUNS = 200;
const READERS_OF_A_RUN = 5;

let gateway: GatewayHarness;

beforeAll(async () => {
  gateway = await startGatewayForTest({ deadlineSeconds: 300 });
});

afterAll(() => gateway?.stop());

async function startRuns(count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Array.from({ length: Math.min(20, count - ids.length) }, async () => {
      const response = await gateway.call('POST', '/api/llm/interact', { body: { message: 'Hi', background: true } });
      return ((await response.json()) as InteractResponse).run_id;
    });
    ids.push(...(await Promise.all(some)));
  }
  return ids;
}

/** Channels that each connection to Redis subscribes to. */
async function subscriptions(): Promise<number[]> {
  const clients = (await gateway.commands.client('LIST')) as string;
  return [...clients.matchAll(/ sub=(\d+) /g)].map(([, count]) => Number(count));
}

test('a thousand streams of many runs share one connection to Redis, and each gets its events', async () => {
  gateway.worker.pause();
  gateway.model.enqueue(...Array.from({ length: RUNS }, () => answer('One two.')));
  const ids = await startRuns(RUNS);
  const responses = await Promise.all(
    ids.flatMap((id) => Array.from({ length: READERS_OF_A_RUN }, () => gateway.call('GET', `/api/runs/${id}/events`))),
  );
  const channels = (await gateway.commands.pubsub('NUMSUB', ...ids.map((id) => `run:${id}`))) as (string | number)[];
  expect(channels.filter((entry) => typeof entry === 'number')).toEqual(Array(RUNS).fill(1));
  expect(await subscriptions()).toContain(RUNS);

  gateway.worker.resume();
  const logs: RunEvent[][] = await Promise.all(responses.map(eventsOf));
  for (const [index, log] of logs.entries()) {
    expect(log[0]).toMatchObject({ type: 'run.queued', data: { run_id: ids[Math.floor(index / READERS_OF_A_RUN)] } });
    expect(log.at(-1)?.type).toBe('run.completed');
    expect(log).toEqual(logs[index - (index % READERS_OF_A_RUN)]);
  }
  expect(await subscriptions()).not.toContain(RUNS);
}, 120_000);
