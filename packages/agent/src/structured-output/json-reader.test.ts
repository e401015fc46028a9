import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '@troupe/contracts';
import fc from 'fast-check';
import { JsonReader } from './json-reader.js';

/** What `JSON.parse` gives, but for the key that the reader leaves out. */
function parse(text: string): JsonValue {
  return JSON.parse(text, (_, value) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
      Reflect.deleteProperty(value, '__proto__');
    return value;
  });
}

const container = fc
  .oneof(fc.array(fc.jsonValue({ maxDepth: 5 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })))
  .map((value) => JSON.stringify(value));
const spaced = fc
  .tuple(container, fc.constantFrom(undefined, 1, '\t'))
  .map(([text, indent]) => JSON.stringify(JSON.parse(text), null, indent));
const escaped = container.map((text) =>
  text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
);

function cut(text: string, places: number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(index === 0 ? 0 : at[index - 1], end));
}

/** Whether an earlier snapshot can have become the later one by writing on. */
function isBeginningOf(earlier: JsonValue, later: JsonValue, open: boolean): boolean {
  if (typeof earlier === 'string' && typeof later === 'string')
    return open ? later.startsWith(earlier) : later === earlier;
  if (Array.isArray(earlier) && Array.isArray(later)) {
    return (
      earlier.length <= later.length &&
      earlier.every((item, index) => isBeginningOf(item, later[index] ?? null, open && index === earlier.length - 1))
    );
  }
  if (isObject(earlier) && isObject(later)) {
    const keys = Object.keys(earlier);
    return keys.every(
      (key) => Object.hasOwn(later, key) && isBeginningOf(earlier[key] ?? null, later[key] ?? null, open),
    );
  }
  return Object.is(earlier, later);
}

function isObject(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('JsonReader', () => {
  test('reads what JSON.parse reads, however it is cut', () => {
    fc.assert(
      fc.property(fc.oneof(container, spaced, escaped), fc.array(fc.nat()), (text, places) => {
        const reader = new JsonReader();
        for (const chunk of cut(text, places)) reader.push(chunk);
        expect(reader.state).toBe('complete');
        expect(reader.snapshot()).toStrictEqual(parse(text));
      }),
      { numRuns: 200 },
    );
  });

  test('every snapshot is a part of the next, and the last is the whole', () => {
    fc.assert(
      fc.property(fc.oneof(container, escaped), fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), (text, places) => {
        const reader = new JsonReader();
        const snapshots: JsonValue[] = [];
        for (const chunk of cut(text, places)) {
          reader.push(chunk);
          const snapshot = reader.snapshot();
          if (snapshot !== undefined) snapshots.push(structuredClone(snapshot));
        }
        for (const [index, later] of snapshots.slice(1).entries()) {
          expect(isBeginningOf(snapshots[index] ?? null, later, true)).toBe(true);
        }
        expect(snapshots.at(-1)).toStrictEqual(parse(text));
      }),
      { numRuns: 200 },
    );
  });

  test('a snapshot stays as it is when the text goes on', () => {
    const reader = new JsonReader();
    reader.push('{"list":[1,{"name":"a');
    const before = reader.snapshot();
    reader.push('b"},2],"more":true}');
    expect(before).toEqual({ list: [1, { name: 'a' }] });
    expect(reader.snapshot()).toEqual({ list: [1, { name: 'ab' }, 2], more: true });
  });

  test.each([
    ['a number is not shown before it ends', '{"n":12', {}],
    ['a word is not shown before it ends', '{"ok":tru', {}],
    ['half a pair of surrogates is not shown', '{"s":"a\\ud83d', { s: 'a' }],
    ['half an escape is not shown', '{"s":"a\\u00', { s: 'a' }],
    ['a key is not shown before its value', '{"a":1,"na', { a: 1 }],
    ['a text is shown as far as it goes', '["one","tw', ['one', 'tw']],
  ])('%s', (_, text, shown) => {
    const reader = new JsonReader();
    reader.push(text);
    expect(reader.state).toBe('open');
    expect(reader.snapshot()).toEqual(shown);
  });

  test('refuses what JSON.parse refuses', () => {
    const alphabet = fc.constantFrom(...'{}[]:,"\\ntrue01-.eE9 xu\u0001'.split(''));
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (inside) => {
        const text = `[${inside.join('')}]`;
        const reader = new JsonReader();
        const end = reader.push(text);
        if (reader.state === 'complete') expect(reader.snapshot()).toStrictEqual(parse(text.slice(0, end)));
        else expect(() => JSON.parse(text)).toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  test('leaves out __proto__', () => {
    const reader = new JsonReader();
    reader.push('{"__proto__":{"admin":true},"a":1}');
    expect(reader.snapshot()).toStrictEqual({ a: 1 });
  });

  test('fails on nesting that could not be stored', () => {
    const reader = new JsonReader();
    reader.push('['.repeat(65));
    expect(reader.state).toBe('failed');
  });

  test('ends right after the value', () => {
    const reader = new JsonReader();
    expect(reader.push('  {"a":[]} and so on')).toBe(10);
  });
});
