import { describe, expect, jest, test } from '@jest/globals';
import { compareEventIds, type EventId, type RunEvent } from '@troupe/contracts';
import type { RunEventArchive } from '@troupe/spec';
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
class MemoryArchive implements RunEventArchive {
  readonly events: RunEvent[] = [];
  reads = 0;

  async read(_runId: string, after: EventId): Promise<RunEvent[]> {
    this.reads += 1;
    return this.events.filter((event) => compareEventIds(event.id, after) > 0);
  }
}

function follow(options: { after?: EventId; fresh?: boolean; ended?: boolean; archive?: MemoryArchive } = {}) {
  const archive = options.archive ?? new MemoryArchive();
  const ids: string[] = [];
  let ended = false;
  const tail = new RunEventTail({
    runId: 'run',
    archive,
    after: options.after ?? { attempt: 0, n: 0 },
    fresh: options.fresh,
    ended: options.ended,
    pollMs: () => 20,
    onChunk: (chunk) => {
      for (const event of parseFrames(chunk.frames)) ids.push(`${event.id.attempt}-${event.id.n}`);
      ended ||= chunk.terminal;
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
    const archive: RunEventArchive = {
      read: async (_runId, after) => {
        if (fail) throw new Error('away');
        return after.attempt === 0 ? [delta(1, 1)] : [];
      },
    };
    const tail = new RunEventTail({
      runId: 'run',
      archive,
      after: { attempt: 0, n: 0 },
      pollMs: () => 10,
      onChunk: (chunk) => ids.push(chunk.last.n),
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
    const { tail, ids, ended } = follow({ after, ended: true, archive });
    tail.start();
    await settle();
    expect(ended()).toBe(true);
    expect(ids).toEqual(expected);
  });
});
