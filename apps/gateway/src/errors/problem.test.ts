import { expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { problemOf } from './problem.js';

test('the field that an error of a package names is named as those of the validation are', () => {
  const message = 'There is such a thread already.';
  const error = new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message,
    details: { field: 'external_id' },
  });
  expect(problemOf(error, 'some-id')).toMatchObject({
    status: 400,
    request_id: 'some-id',
    errors: [{ field: 'external_id', pointer: '/external_id', message }],
  });
});

test('what is not meant for callers stays out', () => {
  const problem = problemOf(new Error('duplicate key value violates unique constraint'), 'some-id');
  expect(problem).toMatchObject({ status: 500, code: 'internal_error' });
  expect(JSON.stringify(problem)).not.toContain('constraint');
});
