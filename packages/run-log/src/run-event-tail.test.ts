import { describe, expect, jest, test } from '@jest/globals';
import { compareEventIds, type EventId, type RunEvent } from '@troupe/contracts';
import type { RunLogCursor, RunLogPage } from '@troupe/spec';
import { frameEvents, type LiveBatch } from './live-batch.js';
import { parseFrames } from './parse-frames.js';
import { RunEventTail } from './run-event-tail.js';

function delta(attempt: number, n: number): RunEvent {
  return { id: { attempt, n }, type: 'text.delta', data: { delta: `${attempt}.${n} ` } };
}

function batch(events: RunEvent[], after: EventId): LiveBatch {
  const [first, last] = [events[0]?.id ?? after, events.at(-1)?.id ?? after];
  return { after, first, last, ...frameEvents(events.map((event) => ({ event, id: event.id }))) };
}

/** A run's stored events, which a test can add to. */
class MemoryArchive {
  readonly events: RunEvent[] = [];
  pageLength = 100;
  ended = false;
  reads = 0;

  async read({ after }: RunLogCursor): Promise<RunLogPage> {
    this.reads += 1;
    const stored = this.events.filter((event) => compareEventIds(event.id, after) > 0);
    const events = stored.slice(0, this.pageLength);
    return { events, more: events.length < stored.length, ended: this.ended };
  }
}

interface FollowOptions {
  after?: EventId;
  fresh?: boolean;
  archive?: MemoryArchive;
  /** Resolves when the reader takes more. */
  drained?(): Promise<void>;
}

function follow(options: FollowOptions = {}) {
  const archive = options.archive ?? new MemoryArchive();
  const ids: string[] = [];
  let ended = false;
  const tail = new RunEventTail({
    runId: 'run',
    read: (cursor) => archive.read(cursor),
    after: options.after ?? { attempt: 0, n: 0 },
    fresh: options.fresh,
    pollMs: () => 20,
    onChunk: (chunk) => {
      for (const event of parseFrames(chunk.frames)) ids.push(`${event.id.attempt}-${event.id.n}`);
      ended ||= chunk.terminal;
      return options.drained?.();
    },
    onError: (error) => {
      throw error;
    },
  });
  return { tail, archive, ids, ended: () => ended };
}

async function settle(ms = 0): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

describe('RunEventTail', () => {
  test('passes live batches that continue the cursor', async () => {
    const { tail, ids, archive } = follow({ fresh: true, after: { attempt: 0, n: 1 } });
    tail.start();
    tail.receive(batch([delta(1, 1), delta(1, 2)], { attempt: 0, n: 1 }));
    tail.receive(batch([delta(1, 3)], { attempt: 1, n: 2 }));
    expect(ids).toEqual(['1-1', '1-2', '1-3']);
    expect(archive.reads).toBe(0);
    tail.close();
  });

  test('holds live batches back until the archive was read', async () => {
    const { tail, ids, archive } = follow();
    archive.events.push(delta(1, 1), delta(1, 2));
    tail.receive(batch([delta(1, 3)], { attempt: 1, n: 2 }));
    expect(ids).toEqual([]);
    tail.start();
    await settle();
    expect(ids).toEqual(['1-1', '1-2', '1-3']);
    tail.close();
  });

  test('drops what the archive gave already, also the first part of a batch', async () => {
    const { tail, ids, archive } = follow();
    archive.events.push(delta(1, 1), delta(1, 2));
    tail.receive(batch([delta(1, 1)], { attempt: 0, n: 1 }));
    tail.receive(batch([delta(1, 2), delta(1, 3)], { attempt: 1, n: 1 }));
    tail.start();
    await settle();
    expect(ids).toEqual(['1-1', '1-2', '1-3']);
    tail.close();
  });

  test('fills a gap from the archive before it goes on', async () => {
    const { tail, ids, archive } = follow({ fresh: true });
    tail.start();
    tail.receive(batch([delta(1, 4)], { attempt: 1, n: 3 }));
    expect(ids).toEqual([]);
    archive.events.push(delta(1, 1), delta(1, 2), delta(1, 3));
    await settle(90);
    expect(ids).toEqual(['1-1', '1-2', '1-3', '1-4']);
    tail.close();
  });

  test('ignores a late batch of an earlier attempt', async () => {
    const { tail, ids } = follow({ fresh: true, after: { attempt: 0, n: 1 } });
    tail.start();
    tail.receive(batch([delta(2, 1)], { attempt: 0, n: 1 }));
    tail.receive(batch([delta(1, 9)], { attempt: 1, n: 8 }));
    expect(ids).toEqual(['2-1']);
    tail.close();
  });

  test('finds in the archive what was never published', async () => {
    const { tail, ids, archive } = follow({ fresh: true });
    tail.start();
    archive.events.push(delta(1, 1));
    await settle(60);
    expect(ids).toEqual(['1-1']);
    tail.close();
  });

  test('ends with the terminal event and gives nothing after it', async () => {
    const { tail, ids, ended, archive } = follow({ fresh: true });
    tail.start();
    const end: RunEvent = { id: { attempt: 1, n: 1 }, type: 'run.cancelled', data: { run_id: 'run' } };
    tail.receive(batch([end], { attempt: 0, n: 0 }));
    tail.receive(batch([delta(2, 1)], { attempt: 1, n: 1 }));
    const reads = archive.reads;
    await settle(50);
    expect(ids).toEqual(['1-1']);
    expect(ended()).toBe(true);
    expect(archive.reads).toBe(reads);
  });

  test('an archive that cannot be read for now is read again', async () => {
    const onError = jest.fn();
    const ids: number[] = [];
    let fail = true;
    const tail = new RunEventTail({
      runId: 'run',
      read: async ({ after }) => {
        if (fail) throw new Error('away');
        return { events: after.attempt === 0 ? [delta(1, 1)] : [], more: false, ended: false };
      },
      after: { attempt: 0, n: 0 },
      pollMs: () => 10,
      onChunk: (chunk) => void ids.push(chunk.last.n),
      onError,
    });
    tail.start();
    await settle(5);
    fail = false;
    await settle(40);
    expect(onError).toHaveBeenCalled();
    expect(ids).toEqual([1]);
    tail.close();
  });

  test.each([
    ['the last event', { attempt: 1, n: 2 }, []],
    ['an event beyond the last', { attempt: 7, n: 7 }, []],
    ['an earlier event', { attempt: 1, n: 1 }, ['1-2']],
  ])('a reader of a log that ended who has %s waits for nothing', async (_case, after, expected) => {
    const archive = new MemoryArchive();
    archive.events.push(delta(1, 1), delta(1, 2));
    archive.ended = true;
    const { tail, ids, ended } = follow({ after, archive });
    tail.start();
    await settle();
    expect(ended()).toBe(true);
    expect(ids).toEqual(expected);
  });

  test('a reader whose cursor lies beyond a live log gets what passes it', async () => {
    const { tail, ids, archive } = follow({ after: { attempt: 1, n: 5 } });
    archive.events.push(delta(1, 1));
    tail.start();
    await settle();
    tail.receive(batch([delta(1, 2), delta(1, 3)], { attempt: 1, n: 1 }));
    tail.receive(batch([delta(1, 4), delta(1, 5), delta(1, 6)], { attempt: 1, n: 3 }));
    tail.receive(batch([delta(2, 1)], { attempt: 1, n: 6 }));
    expect(ids).toEqual(['1-6', '2-1']);
    tail.close();
  });

  test.each(['live', 'stored'])('and the end, when the log never passes it (%s)', async (how) => {
    const { tail, ids, ended, archive } = follow({ after: { attempt: 7, n: 7 } });
    tail.start();
    await settle();
    expect(ended()).toBe(false);
    const end: RunEvent = { id: { attempt: 1, n: 1 }, type: 'run.cancelled', data: { run_id: 'run' } };
    if (how === 'live') tail.receive(batch([end], { attempt: 0, n: 0 }));
    archive.events.push(end);
    archive.ended = true;
    await settle(how === 'live' ? 0 : 60);
    expect(ended()).toBe(true);
    expect(ids).toEqual([]);
  });

  test('a long log comes in pages, each after the reader took the one before', async () => {
    const archive = new MemoryArchive();
    archive.pageLength = 2;
    archive.events.push(...[1, 2, 3, 4, 5].map((n) => delta(1, n)));
    const pages: PromiseWithResolvers<void>[] = [];
    const drained = () => {
      const page = Promise.withResolvers<void>();
      pages.push(page);
      return page.promise;
    };
    const { tail, ids } = follow({ archive, drained });
    tail.start();
    await settle(60);
    expect([archive.reads, ids]).toEqual([1, ['1-1', '1-2']]);
    tail.receive(batch([delta(1, 6)], { attempt: 1, n: 5 }));
    pages[0]?.resolve();
    await settle();
    expect([archive.reads, ids.length]).toEqual([2, 4]);
    pages[1]?.resolve();
    await settle();
    pages[2]?.resolve();
    await settle();
    expect(ids).toEqual(['1-1', '1-2', '1-3', '1-4', '1-5', '1-6']);
    tail.close();
  });

  test('what comes live while a reader takes its time is dropped beyond a bound, and read again', async () => {
    const archive = new MemoryArchive();
    archive.events.push(delta(1, 1));
    const taken = Promise.withResolvers<void>();
    const { tail, ids } = follow({ archive, drained: () => taken.promise });
    tail.start();
    await settle();
    for (let n = 2; n <= 3_000; n++) {
      const event = delta(1, n);
      archive.events.push(event);
      tail.receive(batch([event], { attempt: 1, n: n - 1 }));
    }
    archive.pageLength = 5_000;
    taken.resolve();
    await settle(150);
    expect(ids).toEqual(archive.events.map(({ id }) => `1-${id.n}`));
    tail.close();
  });
});
