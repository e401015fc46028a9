import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ServerSentEventReader } from './server-sent-event-reader.js';

function read(chunks: Buffer[]): string[] {
  const reader = new ServerSentEventReader();
  return chunks.flatMap((chunk) => reader.push(chunk));
}

function readText(text: string): string[] {
  return read([Buffer.from(text)]);
}

describe('ServerSentEventReader', () => {
  test('data of several lines is joined, other fields and comments are passed over', () => {
    const text = ': hello\n\nevent: x\nid: 7\nretry: 10\ndata: one\ndata:two\ndata:  three\n\n:\ndata: four\n\n';
    expect(readText(text)).toEqual(['one\ntwo\n three', 'four']);
  });

  test('fields that only begin like data are none', () => {
    expect(readText('database: no\ndata: yes\ndata\n\n')).toEqual(['yes\n']);
  });

  test('events without data are none', () => {
    expect(readText('event: ping\n\ndata:\n\n\n\ndata: x\n\n')).toEqual(['x']);
  });

  test('an event is complete with its blank line; the end of the body completes a last one', () => {
    const reader = new ServerSentEventReader();
    expect(reader.push(Buffer.from('data: one\n\ndata: [DO'))).toEqual(['one']);
    expect(reader.push(Buffer.from('NE]'))).toEqual([]);
    expect(reader.end()).toEqual(['[DONE]']);
    expect(reader.end()).toEqual([]);
  });

  const body =
    '\ufeff: OPENROUTER PROCESSING\r\n\r\nevent: a\r\ndata: {"text":"Grüße 日本 🎭"}\r\n\r\n' +
    'data: one\ndata: two\n\n:c\rdata: three\r\rdata: \u2028 four\n\ndata: [DONE]\n\n';
  const events = ['{"text":"Grüße 日本 🎭"}', 'one\ntwo', 'three', '\u2028 four', '[DONE]'];
  const bytes = Buffer.from(body);

  test('the example is read whole', () => {
    expect(read([bytes])).toEqual(events);
  });

  test('the result is the same for every way to split the bytes in two', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(events);
    }
  });

  test('the result is the same for every way to split the bytes in three, around each character', () => {
    for (let first = 0; first < bytes.length; first += 1) {
      for (let length = 1; length <= 5; length += 1) {
        const second = Math.min(first + length, bytes.length);
        const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(read(chunks)).toEqual(events);
      }
    }
  });

  test.each([1, 2, 3, 4, 5, 7, 16])('the result is the same for pieces of %i bytes', (size) => {
    const chunks: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += size) chunks.push(bytes.subarray(start, start + size));
    expect(read(chunks)).toEqual(events);
  });

  test('whatever the events, the line ends and the cuts, the data comes out as it went in', () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const noise = fc.constantFrom(': keep-alive', 'event: delta', 'id: 7', 'retry: 10', 'dat: x', 'unknown');
    const data = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
    const event = fc.record({
      lines: fc.array(data, { minLength: 1, maxLength: 3 }),
      before: fc.array(noise, { maxLength: 2 }),
    });
    const cuts = fc.array(fc.nat({ max: 2_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), lineEnd, cuts, (events, end, at) => {
        const frames = events.map(({ lines, before }) => [...before, ...lines.map((line) => `data: ${line}`), '']);
        const body = Buffer.from(frames.map((lines) => lines.join(end) + end).join(''));
        const edges = [0, ...at.filter((cut) => cut < body.length).sort((a, b) => a - b), body.length];
        const chunks = edges.slice(1).map((edge, index) => body.subarray(edges[index], edge));
        expect(read(chunks)).toEqual(events.map(({ lines }) => lines.join('\n')));
      }),
      { numRuns: 2_000 },
    );
  });
});
