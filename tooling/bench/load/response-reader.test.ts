import { describe, expect, test } from '@jest/globals';
import { ResponseReader } from './response-reader.js';

const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n4\r\nab\r\n\r\n10;x=y\r\n0123456789abcdef\r\n0\r\n\r\n';
const measured = 'HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\nhello';
const empty = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n';

function read(...pieces: string[]) {
  const seen: string[] = [];
  let body = '';
  const reader = new ResponseReader({
    onHead: (status) => seen.push(String(status)),
    onBody: (text) => {
      body += text;
    },
    onEnd: () => {
      seen.push(body);
      body = '';
    },
  });
  for (const piece of pieces) reader.feed(piece);
  return seen;
}

describe('ResponseReader', () => {
  test('reads responses that follow each other on a connection', () => {
    expect(read(chunked + measured + empty)).toEqual(['200', 'ab\r\n0123456789abcdef', '404', 'hello', '204', '']);
  });

  test.each([1, 2, 3, 7, 50])('reads them in pieces of %i', (size) => {
    const text = chunked + measured + empty + chunked;
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.slice(index * size, (index + 1) * size),
    );
    expect(read(...pieces)).toEqual(read(text));
  });

  test('does not end a response before its last byte', () => {
    expect(read(chunked.slice(0, -1))).toEqual(['200']);
    expect(read(measured.slice(0, -1))).toEqual(['404']);
  });

  test('refuses what it cannot measure', () => {
    expect(() => read('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n')).toThrow('unknown length');
    expect(() => read('SSH-2.0-OpenSSH\r\n\r\n')).toThrow('not an HTTP response');
  });
});
