import { describe, expect, test } from '@jest/globals';
import { compareEventIds, type EventId, formatEventId, type RunEvent } from '@troupe/contracts';
import type { RunLogCursor, RunLogPage } from '@troupe/spec';
import fc from 'fast-check';
import { frameEvents, type LiveBatch } from './live-batch.js';
import { parseFrames } from './parse-frames.js';
import { RunEventTail } from './run-event-tail.js';

/** What a run's workers, Redis and Postgres do. Batches on their way may be lost, come twice, or overtake each other. */
type Act =
  | { do: 'write'; events: number }
  | { do: 'publish' }
  | { do: 'lose' }
  | { do: 'arrive'; batch: number; twice: boolean }
  | { do: 'store' }
  | { do: 'die' }
  | { do: 'read' }
  | { do: 'wait' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), events: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 5, arbitrary: fc.constant({ do: 'publish' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'lose' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('arrive' as const), batch: fc.nat({ max: 3 }), twice: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'store' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'die' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'read' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) },
);

/** A run as its attempts write it, with what of it is stored and what is on its way to the reader. */
class Run {
  readonly stored: RunEvent[] = [];
  readonly seen: EventId[] = [];
  ended = false;
  #attempt = 1;
  #endedFromOutside = false;
  #n = 0;
  #unstored: RunEvent[] = [];
  #unpublished: RunEvent[] = [];
  #published: EventId = { attempt: 0, n: 1 };
  #flying: LiveBatch[] = [];
  readonly #tail: RunEventTail;

  constructor(pageLength: number) {
    this.#tail = new RunEventTail({
      runId: 'run',
      read: (cursor) => this.#read(cursor, pageLength),
      after: { attempt: 0, n: 1 },
      fresh: true,
      pollMs: () => 5,
      onChunk: ({ frames, terminal }) => {
        this.seen.push(...parseFrames(frames).map(({ id }) => id));
        this.ended ||= terminal;
      },
      onError: (error) => {
        throw error;
      },
    });
    this.#tail.start();
  }

  async act(act: Act): Promise<void> {
    switch (act.do) {
      case 'write':
        for (let count = 0; count < act.events; count++) this.#write({ type: 'text.delta', data: { delta: 'x' } });
        return;
      case 'publish':
        this.#publish();
        return;
      case 'lose':
        this.#flying.shift();
        return;
      case 'arrive': {
        const [batch] = this.#flying.splice(act.batch, 1);
        if (!batch) return;
        this.#tail.receive(batch);
        if (act.twice) this.#tail.receive(batch);
        return;
      }
      case 'store':
        this.stored.push(...this.#unstored.splice(0));
        return;
      case 'die':
        // What the worker had not stored or published is gone with it.
        this.#attempt += 1;
        this.#n = 0;
        this.#unstored = [];
        this.#unpublished = [];
        this.#published = { attempt: 0, n: 1 };
        this.#write({ type: 'step.restarted', data: { step: 0, withdraw_after: '0-1' } });
        return;
      case 'read':
        this.#tail.catchUp();
        return;
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, 8));
    }
  }

  /** The last attempt commits its end, or somebody else ends the run; readers hear of it live or not. */
  end({ heard, outside }: { heard: boolean; outside: boolean }): void {
    if (outside) this.#endFromOutside();
    else this.#write({ type: 'run.cancelled', data: { run_id: 'run' } });
    this.stored.push(...this.#unstored.splice(0));
    this.#publish();
    if (heard) for (const batch of this.#flying.splice(0)) this.#tail.receive(batch);
  }

  async seenToEnd(): Promise<EventId[]> {
    const until = Date.now() + 5_000;
    while (!this.ended && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 2));
    this.#tail.close();
    return this.seen;
  }

  /** What a reader must have seen: all that is stored of the last attempt, and the end. */
  expected(): EventId[] {
    const last = this.#endedFromOutside ? this.#attempt - 1 : this.#attempt;
    return this.stored.map(({ id }) => id).filter(({ attempt }) => attempt >= last);
  }

  /** Opens an attempt for its event; the worker may have died before it published what it stored. */
  #endFromOutside(): void {
    this.#endedFromOutside = true;
    this.stored.push(...this.#unstored.splice(0));
    this.#unpublished = [];
    this.#attempt += 1;
    this.#n = 0;
    this.#published = { attempt: this.#attempt, n: 0 };
    this.#write({ type: 'run.cancelled', data: { run_id: 'run' } });
  }

  #write(body: Pick<RunEvent, 'type' | 'data'>): void {
    this.#n += 1;
    const event = { ...body, id: { attempt: this.#attempt, n: this.#n } } as RunEvent;
    this.#unstored.push(event);
    this.#unpublished.push(event);
  }

  #publish(): void {
    const events = this.#unpublished.splice(0);
    const [first, last] = [events[0]?.id, events.at(-1)?.id];
    if (!first || !last) return;
    const framed = frameEvents(events.map((event) => ({ event, id: event.id })));
    this.#flying.push({ after: this.#published, first, last, ...framed });
    this.#published = last;
  }

  async #read({ after }: RunLogCursor, pageLength: number): Promise<RunLogPage> {
    const rest = this.stored.filter(({ id }) => compareEventIds(id, after) > 0);
    rest.sort((a, b) => compareEventIds(a.id, b.id));
    const events = rest.slice(0, pageLength);
    const ended = this.stored.some(({ type }) => type === 'run.cancelled');
    return { events, more: events.length < rest.length, ended };
  }
}

describe('RunEventTail', () => {
  test('whatever is lost, doubled, late or written anew, a reader sees ids that grow and the whole last attempt', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(acts, { maxLength: 40 }),
        fc.record({ heard: fc.boolean(), outside: fc.boolean() }),
        fc.integer({ min: 1, max: 6 }),
        async (story, end, pageLength) => {
          const run = new Run(pageLength);
          for (const act of story) await run.act(act);
          run.end(end);
          const seen = await run.seenToEnd();
          const ids = seen.map(formatEventId);
          for (const [index, id] of seen.entries()) {
            const previous = seen[index - 1];
            if (previous) expect(compareEventIds(previous, id)).toBeLessThan(0);
          }
          expect(ids).toEqual(expect.arrayContaining(run.expected().map(formatEventId)));
          expect(run.ended).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});
