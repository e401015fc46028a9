import { describe, expect, test } from '@jest/globals';
import { FrontendMessages } from './frontend-messages.js';

const message = (type: string, ...parts: (string | Buffer)[]) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
};
const version = Buffer.from([0, 3, 0, 0]);
const zeros = Buffer.alloc(6);
const startup = message('', version, 'user', 'troupe', 'application_name', 'llm-worker', Buffer.from([0]));
const encryptionRequest = message('', Buffer.from([4, 210, 22, 47]));

function read(...pieces: Buffer[]): string[] {
  const seen: string[] = [];
  const messages = new FrontendMessages({
    onStart: (name) => seen.push(`start ${name}`),
    onStatement: (sql) => seen.push(sql),
  });
  for (const piece of pieces) messages.feed(piece);
  return seen;
}

describe('FrontendMessages', () => {
  const session = [
    encryptionRequest,
    startup,
    message('Q', 'BEGIN'),
    message('P', '', 'select 1', zeros),
    message('B', '', '', zeros),
    message('D', Buffer.from('P'), ''),
    message('E', '', zeros),
    message('S'),
    message('P', 'named', 'select 2', zeros),
    message('B', '', 'named', zeros),
    message('E', '', zeros),
    message('B', '', 'named', zeros),
    message('E', '', zeros),
    message('S'),
    message('Q', 'COMMIT'),
  ];
  const expected = ['start llm-worker', 'BEGIN', 'select 1', 'select 2', 'select 2', 'COMMIT'];

  test('reports every execution, of prepared statements too', () => {
    expect(read(...session)).toEqual(expected);
  });

  test.each([1, 3, 1000])('in pieces of %i bytes', (size) => {
    const bytes = Buffer.concat(session);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(read(...pieces)).toEqual(expected);
  });

  test('a client without a name', () => {
    expect(read(message('', version, 'user', 'troupe', Buffer.from([0])))).toEqual(['start unnamed']);
  });
});
