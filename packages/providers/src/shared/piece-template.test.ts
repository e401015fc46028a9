import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PieceTemplate } from './piece-template.js';

interface Piece {
  id: string;
  role: string;
  delta: { text: string };
  more?: string;
}

const write = (text: string, { id = '1', role = 'assistant' } = {}) =>
  JSON.stringify({ id, role, delta: { text }, index: 0 });

/** A template, and what it had to parse. */
function template() {
  const parsed: string[] = [];
  const textOf = (json: string) => {
    parsed.push(json);
    const piece: Piece = JSON.parse(json);
    return piece.delta.text;
  };
  return { template: new PieceTemplate(textOf), parsed };
}

function learned(text: string, piece = write(text)) {
  const { template: made, parsed } = template();
  made.learn(piece, text);
  return { made, parsed };
}

describe('PieceTemplate', () => {
  test('reads whatever text a piece carries that is else the same', () => {
    const { made } = learned('Hello');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('"},{"')), (text) => {
        expect(made.read(write(text))).toBe(text);
      }),
    );
  });

  test('leaves to the parser what differs in anything else', () => {
    const { made } = learned('Hello');
    expect(made.read(write('Hello', { id: '2' }))).toBeUndefined();
    expect(made.read(write('Hello', { role: 'user' }))).toBeUndefined();
    expect(made.read('{"id":"1"}')).toBeUndefined();
    const [head = '', tail = ''] = write('Hello').split('"Hello"');
    for (const inner of ['null', '1', '', '"a","more":"b"', '"a"},"delta":{"text":"b"', '"a', 'a"', '"a"b"']) {
      expect(made.read(head + inner + tail)).toBeUndefined();
    }
  });

  test('does not take a text for another that reads alike', () => {
    const { made, parsed } = learned('assistant');
    expect(parsed).toHaveLength(1);
    expect(made.read(write('assistant'))).toBeUndefined();
    expect(made.read(write('assistant', { role: 'user' }))).toBeUndefined();
    made.learn(write('Hello'), 'Hello');
    expect(made.read(write('there'))).toBe('there');
  });

  test('a text that its server escapes in another way teaches nothing', () => {
    const { made, parsed } = learned('ü', String.raw`{"id":"1","delta":{"text":"\u00fc"}}`);
    expect(parsed).toEqual([]);
    expect(made.read(write('ü'))).toBeUndefined();
  });

  test('letters at the end that differ each time do not matter, and nothing else in their place', () => {
    const padded = (text: string, letters: string) => `${write(text).slice(0, -1)},"obfuscation":"${letters}"}`;
    const { made, parsed } = learned('Hello', padded('Hello', 'aB3'));
    expect(made.read(padded('there', 'Xy'))).toBe('there');
    expect(made.read(padded('', 'k9_kZ0pQ'))).toBe('');
    expect(made.read(padded(',"obfuscation":"', ''))).toBe(',"obfuscation":"');
    expect(made.read(write('there'))).toBeUndefined();
    for (const letters of ['a","more":"b', String.raw`a\"b`, 'a b', '\u0000']) {
      expect(made.read(padded('there', letters))).toBeUndefined();
    }
    expect(made.read(padded('there', 'x').replace('obfuscation', 'more'))).toBeUndefined();
    expect(parsed).toHaveLength(1);
  });

  test('gives up where no piece is like the one before it, and not where they often are', () => {
    const { template: made, parsed } = template();
    for (let id = 0; id < 20; id += 1) {
      expect(made.read(write('a', { id: `${id}` }))).toBeUndefined();
      made.learn(write('a', { id: `${id}` }), 'a');
    }
    expect(parsed).toHaveLength(3);

    const steady = template();
    for (let id = 0; id < 20; id += 1) {
      steady.template.learn(write('a', { id: `${id}` }), 'a');
      expect(steady.template.read(write('b', { id: `${id}` }))).toBe('b');
    }
  });
});
