import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { EventGatherer, type GatheredEvent } from './event-gatherer.js';

const job = (run: string) => ({ run, thread: 't', model: 'm', channel: 'c' });
const [first, second] = [job('first'), job('second')];

let sent: GatheredEvent[][];
let events: EventGatherer;

beforeEach(() => {
  sent = [];
  events = new EventGatherer((gathered) => sent.push(gathered));
});

describe('EventGatherer', () => {
  test('what all runs tell in one turn of the event loop leaves at its end, together', async () => {
    events.text(first, 'a');
    events.text(second, 'x');
    events.text(first, 'b');
    expect(sent).toEqual([]);
    await nextTurn();
    expect(sent).toEqual([
      [
        { run: 'first', channel: 'c', texts: ['a', 'b'] },
        { run: 'second', channel: 'c', texts: ['x'] },
      ],
    ]);
  });

  test('texts that are not the first wait for each other', async () => {
    events.text(first, 'a');
    await nextTurn();
    events.text(first, 'b');
    await nextTurn();
    events.text(first, 'c');
    await sleep(30);
    expect(sent.map(([event]) => event?.texts)).toEqual([['a'], ['b', 'c']]);
  });

  test('an end takes along what waits, and nothing is sent after it', async () => {
    events.text(first, 'a');
    await nextTurn();
    events.text(first, 'b');
    events.end(first, { error: 'broken' });
    await nextTurn();
    await sleep(30);
    expect(sent.slice(1)).toEqual([[{ run: 'first', channel: 'c', texts: ['b'], end: { error: 'broken' } }]]);
  });
});
