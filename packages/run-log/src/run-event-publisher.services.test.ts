import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EventId, newId, type RunEvent, type RunEventBody } from '@troupe/contracts';
import { testRedisUrl } from '@troupe/testing';
import { Redis } from 'ioredis';
import { parseFrames } from './parse-frames.js';
import { RunEventHub } from './run-event-hub.js';
import { RunEventPublisher, type UnstoredBatch } from './run-event-publisher.js';

let redis: Redis;
let subscriber: Redis;

beforeAll(async () => {
  redis = new Redis(testRedisUrl());
  subscriber = new Redis(testRedisUrl());
  await Promise.all([redis.ping(), subscriber.ping()]);
});

afterAll(() => {
  redis.disconnect();
  subscriber.disconnect();
});

const START: EventId = { attempt: 0, n: 1 };
const text = (delta: string): RunEventBody => ({ type: 'text.delta', data: { delta } });

function hubWith(events: RunEvent[] = []) {
  return new RunEventHub({
    subscriber,
    archive: {
      read: async (cursors) =>
        cursors.map(({ after }) => ({
          events: events.filter((event) => event.id.n > after.n),
          more: false,
          ended: false,
        })),
    },
  });
}

function collect(hub: RunEventHub, runId: string) {
  const events: RunEvent[] = [];
  const ended = Promise.withResolvers<void>();
  const following = hub.follow(runId, {
    after: START,
    fresh: true,
    onChunk: (chunk) => {
      events.push(...parseFrames(chunk.frames));
      if (chunk.terminal) ended.resolve();
    },
    onError: ended.reject,
  });
  return { events, ended: ended.promise, following };
}

describe('publishing and following', () => {
  test('every event arrives once and in order, of many runs at once', async () => {
    const publisher = new RunEventPublisher({ redis, store: async () => undefined, onError: fail });
    const hub = hubWith();
    const runs = Array.from({ length: 40 }, () => newId());
    const readers = runs.map((runId) => collect(hub, runId));
    await Promise.all(readers.map((reader) => reader.following.ready));
    for (const runId of runs) {
      const log = publisher.open(runId, 1, START);
      for (let n = 1; n <= 100; n++) log.append(text(`${n} `));
      await new Promise((resolve) => setImmediate(resolve));
      log.appendStored([{ type: 'run.cancelled', data: { run_id: runId } }]);
      publisher.close(log);
    }
    await Promise.all(readers.map((reader) => reader.ended));
    for (const reader of readers) {
      expect(reader.events.map((event) => event.id.n)).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
      reader.following.close();
    }
    expect(hub.size).toBe(0);
  });

  test('under load pieces gather, but the first text and the end of a log leave at once', async () => {
    const publisher = new RunEventPublisher({ redis, store: async () => undefined, onError: fail });
    const crowd = Array.from({ length: 400 }, () => publisher.open(newId(), 1, START));
    const speak = () => {
      for (const log of crowd) log.append(text('x'));
    };
    const pieces: string[] = [];
    const hub = hubWith();
    const runId = newId();
    const ended = Promise.withResolvers<void>();
    const following = hub.follow(runId, {
      after: START,
      fresh: true,
      onChunk: ({ frames, terminal }) => {
        pieces.push(
          parseFrames(frames)
            .map((event) => (event.type === 'text.delta' ? event.data.delta : '.'))
            .join(''),
        );
        if (terminal) ended.resolve();
      },
      onError: ended.reject,
    });
    await following.ready;
    // The first flush of a crowd sets the window; what it says now waits for its end.
    speak();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    speak();
    const log = publisher.open(runId, 1, START);
    log.append(text('a'));
    log.append(text('b'));
    log.append(text('c'));
    log.appendStored([{ type: 'run.cancelled', data: { run_id: runId } }]);
    await ended.promise;
    expect(pieces).toEqual(['a', 'bc.']);
    following.close();
    for (const writer of [...crowd, log]) publisher.close(writer);
  });

  test('stores what no commit has stored, and hands the rest to the commit', async () => {
    const stored: UnstoredBatch[] = [];
    const store = async (batches: UnstoredBatch[]) => void stored.push(...batches);
    const publisher = new RunEventPublisher({ redis, store, onError: fail });
    const log = publisher.open('run-a', 3, START);
    log.append(text('a'));
    log.append(text('b'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(stored).toEqual([{ runId: 'run-a', attempt: 3, firstN: 1, events: [text('a'), text('b')] }]);
    log.append(text('c'));
    expect(await log.takeUnstored()).toEqual({ firstN: 3, events: [text('c')] });
    publisher.close(log);
  });

  test('events whose storing failed are stored with the next batch or the commit', async () => {
    const errors: unknown[] = [];
    const publisher = new RunEventPublisher({
      redis,
      store: async () => {
        throw new Error('away');
      },
      onError: (error) => errors.push(error),
    });
    const log = publisher.open('run-b', 1, START);
    log.append(text('a'));
    await new Promise((resolve) => setTimeout(resolve, 130));
    log.append(text('b'));
    expect(errors.length).toBeGreaterThan(0);
    expect(await log.takeUnstored()).toEqual({ firstN: 1, events: [text('a'), text('b')] });
    publisher.close(log);
  });
});

function fail(error: unknown): never {
  throw error;
}
