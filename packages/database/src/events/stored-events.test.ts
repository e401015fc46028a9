import { describe, expect, test } from '@jest/globals';
import type { RunEventBody } from '@troupe/contracts';
import { packEvents, unpackEvents } from './stored-events.js';

const text = (delta: string): RunEventBody => ({ type: 'text.delta', data: { delta } });
const reasoning = (delta: string): RunEventBody => ({ type: 'reasoning.delta', data: { delta } });
const step: RunEventBody = { type: 'step.started', data: { step: 0 } };

describe('packing events', () => {
  test('deltas of one kind that follow each other share an entry', () => {
    expect(packEvents([step, text('a'), text('b'), reasoning('c'), text('d')])).toEqual([
      step,
      { type: 'text.delta', deltas: ['a', 'b'] },
      { type: 'reasoning.delta', deltas: ['c'] },
      { type: 'text.delta', deltas: ['d'] },
    ]);
  });

  test.each([[[]], [[step]], [[text('')]], [[text('a'), step, text('b'), text('c'), reasoning('d'), step]]])(
    'unpacking gives back the events, one for one',
    (events: RunEventBody[]) => {
      expect(unpackEvents(packEvents(events))).toEqual(events);
    },
  );
});
