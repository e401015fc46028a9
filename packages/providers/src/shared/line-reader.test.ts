import { describe, expect, test } from '@jest/globals';
import { LineReader } from './line-reader.js';

function linesOf(...chunks: (string | Buffer)[]): string[] {
  const reader = new LineReader();
  const lines = chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
  return [...lines, reader.rest()];
}

describe('LineReader', () => {
  test('LF, CRLF and CR end lines, mixed as they like', () => {
    expect(linesOf('a\nb\r\nc\rd\n\r\r\n\ne')).toEqual(['a', 'b', 'c', 'd', '', '', '', 'e']);
  });

  test('a CRLF that is split between chunks ends one line', () => {
    expect(linesOf('a\r', '\nb')).toEqual(['a', 'b']);
    expect(linesOf('a\r', '', '\n', '\nb')).toEqual(['a', '', 'b']);
    expect(linesOf('a\r', '\rb')).toEqual(['a', '', 'b']);
    expect(linesOf('a\r', 'b\n\nc')).toEqual(['a', 'b', '', 'c']);
  });

  test('a byte order mark is dropped at the start only', () => {
    expect(linesOf('\ufeffa\n\ufeffb')).toEqual(['a', '\ufeffb']);
  });

  test('separators of other systems are part of a line', () => {
    expect(linesOf('a\u2028b\u0085c\n')).toEqual(['a\u2028b\u0085c', '']);
  });

  test('what has no line end yet is kept', () => {
    const reader = new LineReader();
    expect(reader.push(Buffer.from('one'))).toEqual([]);
    expect(reader.push(Buffer.from(' two\nthr'))).toEqual(['one two']);
    expect(reader.push(Buffer.from('ee'))).toEqual([]);
    expect(reader.rest()).toBe('three');
    expect(reader.rest()).toBe('');
  });

  test('a line without an end is given up', () => {
    const reader = new LineReader();
    const chunk = Buffer.alloc(8_388_608, 'a');
    expect(() => {
      for (let count = 0; count < 5; count += 1) reader.push(chunk);
    }).toThrow(RangeError);
  });
});
