import { expect, test } from '@jest/globals';
import { readLimitsOptions } from './read-limits-options.js';

test('without options it is the whole measurement', () => {
  const options = readLimitsOptions(['--']);
  expect(options).toMatchObject({ minutes: 3, workers: 8, maxTokens: undefined, build: true, jsonFile: undefined });
  expect(options).toHaveProperty('parts', [
    expect.objectContaining({ name: 'rpm' }),
    expect.objectContaining({ name: 'tpm' }),
  ]);
});

test('one part, longer, with more workers', () => {
  const args = [
    '--only',
    'tpm',
    '--minutes',
    '2.5',
    '--workers',
    '12',
    '--no-build',
    '--max-tokens',
    '200',
    '--json',
    'x.json',
  ];
  expect(readLimitsOptions(args)).toMatchObject({
    parts: [{ name: 'tpm' }],
    minutes: 2.5,
    workers: 12,
    maxTokens: 200,
    build: false,
    jsonFile: 'x.json',
  });
});

test.each([
  [['--minutes', '1'], /minutes.*'1'/],
  [['--minutes', 'soon'], /minutes.*'soon'/],
  [['--workers', '2'], /workers.*'2'/],
  [['--max-tokens', '100'], /max-tokens.*160.*'100'/],
  [['--only', 'rpd'], /rpm or tpm, got 'rpd'/],
])('%p is refused', (args, message) => {
  expect(() => readLimitsOptions(args)).toThrow(message);
});
