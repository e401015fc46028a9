import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOG_START, newId, type RunEvent } from '@troupe/contracts';
import type { RunLogCursor, RunLogPage } from '@troupe/spec';
import { testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { encodeLiveBatch, frameEvents, liveChannel } from './live-batch.js';
import { LEAVE_EVERY_MS } from './live-channels.js';
import { parseFrames } from './parse-frames.js';
import { type Following, RunEventHub } from './run-event-hub.js';

let redis: Redis;
let subscriber: Redis;
let stored: Map<string, RunEvent[]>;
let reads: number;
let hub: RunEventHub;

beforeEach(async () => {
  redis = new Redis(testRedisUrl());
  subscriber = new Redis(testRedisUrl(), { autoResubscribe: false, enableOfflineQueue: false, lazyConnect: true });
  await Promise.all([redis.ping(), subscriber.connect()]);
  stored = new Map();
  reads = 0;
  const pageOf = ({ runId, after }: RunLogCursor): RunLogPage => {
    reads += 1;
    const events = (stored.get(runId) ?? []).filter(({ id }) => id.n > after.n);
    return { events, more: false, ended: false };
  };
  hub = new RunEventHub({ subscriber, archive: { read: async (cursors) => cursors.map(pageOf) } });
});

afterEach(() => {
  redis.disconnect();
  subscriber.disconnect();
});

function delta(n: number): RunEvent {
  return { type: 'text.delta', id: { attempt: 1, n }, data: { delta: `${n} ` } };
}

/** Sends an event to those who listen; nothing stores it. */
async function publish(runId: string, event: RunEvent): Promise<void> {
  const after = event.id.n === 1 ? LOG_START : { attempt: 1, n: event.id.n - 1 };
  const batch = { after, first: event.id, last: event.id, ...frameEvents([{ event, id: event.id }]) };
  await redis.publish(liveChannel(runId), encodeLiveBatch(batch));
}

function follow(runId: string): { following: Following; numbers: number[] } {
  const numbers: number[] = [];
  const following = hub.follow(runId, {
    after: LOG_START,
    onChunk: ({ frames }) => void numbers.push(...parseFrames(frames).map(({ id }) => id.n)),
    onError: (error) => {
      throw error;
    },
  });
  return { following, numbers };
}

async function followers(runId: string): Promise<number> {
  const [, count] = await redis.pubsub('NUMSUB', liveChannel(runId));
  return Number(count);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('RunEventHub', () => {
  test('the second reader of a log, too, is ready only when nothing can be missed', async () => {
    const runId = newId();
    const first = follow(runId);
    const second = follow(runId);
    await second.following.ready;
    expect(await followers(runId)).toBe(1);
    await publish(runId, delta(1));
    await until(() => second.numbers.length > 0);
    expect([first.numbers, second.numbers]).toEqual([[1], [1]]);
    for (const { following } of [first, second]) following.close();
  });

  test('the archive is read when the subscription stands, so that nothing falls in between', async () => {
    const runId = newId();
    const held = Promise.withResolvers<void>();
    const subscribe = subscriber.subscribe.bind(subscriber);
    subscriber.subscribe = (async (...channels: string[]) => {
      await held.promise;
      return subscribe(...channels);
    }) as typeof subscriber.subscribe;
    const { following, numbers } = follow(runId);
    // Nobody listens yet, so this is in the archive or nowhere.
    await publish(runId, delta(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    stored.set(runId, [delta(1)]);
    held.resolve();
    await following.ready;
    await publish(runId, delta(2));
    stored.set(runId, [delta(1), delta(2)]);
    await until(() => numbers.length > 1);
    // At the first look, and not by a poll that mends it later.
    expect([reads, numbers]).toEqual([1, [1, 2]]);
    following.close();
  });

  test('a log is left with its last reader, and can be followed again at once', async () => {
    const runId = newId();
    const [first, second] = [follow(runId), follow(runId)];
    await Promise.all([first.following.ready, second.following.ready]);
    first.following.close();
    expect([hub.size, await followers(runId)]).toEqual([1, 1]);
    second.following.close();
    const third = follow(runId);
    await third.following.ready;
    expect([hub.size, await followers(runId)]).toEqual([1, 1]);
    third.following.close();
    third.following.close();
    expect(hub.size).toBe(0);
    await until(async () => (await followers(runId)) === 0);
  });

  test('who leaves before being ready leaves nothing behind', async () => {
    const runId = newId();
    const { following } = follow(runId);
    following.close();
    await following.ready;
    expect(hub.size).toBe(0);
    await until(async () => (await followers(runId)) === 0);
  });

  test('readers who come in one moment share a command, and so do those who leave', async () => {
    const commands: string[] = [];
    const { sendCommand } = subscriber;
    subscriber.sendCommand = (command, ...others) => {
      commands.push(command.name);
      return sendCommand.call(subscriber, command, ...others);
    };
    const readers = Array.from({ length: 50 }, () => newId()).map((runId) => ({ runId, ...follow(runId) }));
    await Promise.all(readers.map(({ following }) => following.ready));
    await Promise.all(readers.map(({ runId }) => publish(runId, delta(1))));
    await until(() => readers.every(({ numbers }) => numbers.length === 1));
    for (const { following } of readers) following.close();
    await until(async () =>
      (await Promise.all(readers.map(({ runId }) => followers(runId)))).every((count) => count === 0),
    );
    expect(commands).toEqual(['subscribe', 'unsubscribe']);
  });

  test('who comes and goes in the moment in which others are left leaves nothing behind', async () => {
    const [first, second] = [newId(), newId()];
    const reader = follow(first);
    await reader.following.ready;
    const left = new Promise<void>((resolve) => {
      // This clock was set before that of the leaving, and both have rung when it is over: the leaving comes right after it.
      setTimeout(() => {
        follow(second).following.close();
        const over = performance.now() + 5;
        while (performance.now() < over);
        resolve();
      }, LEAVE_EVERY_MS);
    });
    reader.following.close();
    await left;
    // Commands are answered in order, so all before this one were.
    const last = follow(newId());
    await last.following.ready;
    expect([await followers(first), await followers(second)]).toEqual([0, 0]);
    last.following.close();
  });

  test('after the connection broke, every log is followed again and nothing is missing', async () => {
    const runIds = Array.from({ length: 600 }, () => newId());
    const readers = runIds.map(follow);
    await Promise.all(readers.map(({ following }) => following.ready));
    const broken = new Promise((resolve) => subscriber.once('close', resolve));
    subscriber.disconnect(true);
    await broken;
    for (const runId of runIds) stored.set(runId, [delta(1)]);
    await until(() => readers.every(({ numbers }) => numbers.length > 0));
    await until(async () => (await Promise.all(runIds.map(followers))).every((count) => count === 1));
    await Promise.all(runIds.map((runId) => publish(runId, delta(2))));
    await until(() => readers.every(({ numbers }) => numbers.length > 1));
    expect(readers.every(({ numbers }) => numbers.join() === '1,2')).toBe(true);
    for (const { following } of readers) following.close();
  });
});
