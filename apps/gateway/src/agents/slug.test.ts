import { describe, expect, test } from '@jest/globals';
import { newId, TroupeError } from '@troupe/contracts';
import { checkedSlug, slugOf } from './slug.js';

describe('slugOf', () => {
  test.each([
    ['D&D Assistant', 'd-d-assistant'],
    ['  Crème   Brûlée! ', 'creme-brulee'],
    ['7 of 9', '7-of-9'],
    [`${'a'.repeat(99)} b`, 'a'.repeat(99)],
  ])('makes an address of %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  test.each(['???', '日本語'])('asks for a slug when the name %s has nothing to make one of', (name) => {
    expect(() => slugOf(name)).toThrow(TroupeError);
    expect(() => slugOf(name)).toThrow('send a slug');
  });
});

test('a slug must not look like an id', () => {
  expect(checkedSlug('cherry')).toBe('cherry');
  expect(() => checkedSlug(newId())).toThrow('slug must not be a UUID');
});
