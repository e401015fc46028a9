import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonInText } from './json-in-text.js';

function find(text: string): JsonInText {
  const found = new JsonInText();
  found.push(text);
  return found;
}

describe('JsonInText', () => {
  test.each([
    ['bare', '{"a":1}', [{ a: 1 }]],
    ['in a fence', 'Here it is:\n```json\n{"a":1}\n```\nAnything else?', [{ a: 1 }]],
    ['with braces in its strings', 'So: {"a":"} ] {"} - done', [{ a: '} ] {' }]],
    ['after brackets of a sentence', 'As [the docs] say {sic}: {"a":1}', [{ a: 1 }]],
    ['after brackets that never close', 'A smile :{ and then {"a":1}', [{ a: 1 }]],
    ['after another', 'First {"a":1}, no: {"a":2}', [{ a: 1 }, { a: 2 }]],
    ['after broken JSON', 'Not {"a": ...} but {"a":2}', [{ a: 2 }]],
  ])('finds JSON %s', (_, text, values) => {
    const found = find(text);
    expect(found.values).toEqual(values);
    expect(found.flaw).toBeUndefined();
  });

  test('never takes a part of broken JSON for the whole', () => {
    const found = find('{"outer": oops, "inner": {"a": 1}}');
    expect(found.values).toEqual([]);
    expect(found.flaw).toBe('broken');
  });

  test('a line break inside a string is broken JSON, braces in that string or not', () => {
    const found = find('{"text": "one\ntwo } {", "inner": {"a": 1}}');
    expect(found.values).toEqual([]);
    expect(found.flaw).toBe('broken');
  });

  test('says when JSON is cut off', () => {
    expect(find('{"a": [1, {"b": 2}').flaw).toBe('cut_off');
    expect(find('{"a": [1, {"b": 2}').values).toEqual([]);
  });

  test('finds the same however the text is cut', () => {
    const piece = fc.constantFrom(
      '{"a":1}',
      '[1,2]',
      '{"b":{"c":"}"}}',
      'word ',
      '{x} ',
      '[',
      '{"k":',
      '```',
      '"',
      '\n',
      '}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (pieces, size) => {
        const text = pieces.join('');
        const cut = new JsonInText();
        for (let at = 0; at < text.length; at += size) cut.push(text.slice(at, at + size));
        const whole = find(text);
        expect(cut.values).toStrictEqual(whole.values);
        expect(cut.flaw).toBe(whole.flaw);
        expect(cut.snapshot()).toStrictEqual(whole.snapshot());
      }),
      { numRuns: 1_000 },
    );
  });

  test('takes time in proportion to the text, whatever is in it', () => {
    const hostile = ['[', '{"a":', '{', '[[1],', '{"a":"\\', ':{ '].map((piece) =>
      piece.repeat(200_000 / piece.length),
    );
    const startedAt = performance.now();
    for (const text of hostile) find(text);
    // Quadratic work on 200,000 characters takes minutes; 20 ms each is usual.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
