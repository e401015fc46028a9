import { expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { parseJobId } from './parse-job-id.js';

const id = newId();

test('a job id names a run, a turn of one, or a row with work', () => {
  expect(parseJobId(id)).toEqual({ type: 'run', runId: id });
  expect(parseJobId(`${id}-3-12`)).toEqual({ type: 'turn', runId: id });
  expect(parseJobId(`${id}-1`)).toEqual({ type: 'work', rowId: id });
});

test.each(['', 'job', '7', `${id}-`, `${id}-x`, `${id}-1-2-3`, `x${id}`, `${id}-9999999999`])(
  '%j is no job id',
  (text) => {
    expect(parseJobId(text)).toBeUndefined();
  },
);
