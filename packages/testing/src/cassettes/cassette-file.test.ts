import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JsonValue } from '@troupe/contracts';
import fc from 'fast-check';
import { packBody, unpackBody } from './cassette-body.js';
import { readCassetteFile, writeCassetteFile } from './cassette-file.js';
import type { CassetteExchange } from './recorded-exchange.js';
import { Scrubber } from './scrubber.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Texts that YAML could take for something else, or fold. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'no',
    '1e3',
    '~',
    '\ufeffdata: x\n\n',
    'a\r\nb\rc\n',
    ' leading\n  and trailing  \n\n\n',
    '\ttab\n',
    '# no comment\n--- \n...\n',
    'long '.repeat(100),
    '\u0000\u001b\u007f\u0085\u2028\u2029',
    '- a\n- b: |\n',
  ),
);
const json = fc.jsonValue().map((value): JsonValue => JSON.parse(JSON.stringify(value)));

test('what is written is what is read', async () => {
  const file = join(folder, 'a.yaml');
  const exchange = fc
    .record({ path: text, json, headers: fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), text), body: text })
    .map(
      ({ path, json, headers, body }): CassetteExchange => ({
        request: { method: 'POST', path, headers, json },
        response: { status: 200, after_ms: 3, headers, text: body, chunks: [[1, 2]], ending: 'complete' },
      }),
    );
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { maxLength: 3 }), async (exchanges) => {
      await writeCassetteFile(file, exchanges);
      expect(await readCassetteFile(file)).toEqual(exchanges);
    }),
    { numRuns: 150 },
  );
});

test('the pieces of a body are the pieces that came, whatever bytes they hold', () => {
  const pieces = fc.array(fc.oneof(fc.uint8Array({ minLength: 1 }), text.map(Buffer.from)), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, (received) => {
      const chunks = received
        .filter(({ length }) => length > 0)
        .map((bytes) => ({ afterMs: 1, bytes: Buffer.from(bytes) }));
      expect(unpackBody(packBody(chunks, new Scrubber([])))).toEqual(chunks);
    }),
  );
});

test('a secret goes wherever the pieces end, and every piece outside of it stays as it was', () => {
  const secret = 'Geheimnis-ü';
  fc.assert(
    fc.property(text, text, fc.array(fc.nat(), { maxLength: 8 }), (before, after, cuts) => {
      const whole = Buffer.from(`${before}|${secret}|${after}`);
      const ends = [...cuts.map((cut) => cut % whole.length), whole.length].sort((one, other) => one - other);
      const chunks = ends.map((end, index) => ({ afterMs: 2, bytes: whole.subarray(ends[index - 1] ?? 0, end) }));
      const unpacked = unpackBody(packBody(chunks, new Scrubber([secret])));
      const joined = Buffer.concat(unpacked.map(({ bytes }) => bytes));
      expect(joined).toEqual(Buffer.from(`${before}|[scrubbed]|${after}`));
      const pauses = unpacked.reduce((sum, { afterMs }) => sum + afterMs, 0);
      expect(pauses).toBeLessThanOrEqual(2 * chunks.length);
    }),
  );
});

test('a text that a person has edited is replayed to its end, whatever its pieces were', () => {
  const chunks: [number, number][] = [
    [5, 3],
    [7, 3],
  ];
  const texts = (text: string) => unpackBody({ text, chunks }).map(({ bytes }) => bytes.toString());
  expect(texts('abcdef')).toEqual(['abc', 'def']);
  expect(texts('abcdefghi')).toEqual(['abc', 'defghi']);
  expect(texts('ab')).toEqual(['ab']);
});
