import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPricesFile } from './read-prices-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prices-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const path = join(folder, 'prices.yaml');
  writeFileSync(path, text);
  return path;
}

const YAML = `
prices:
  - model: ollama/*
    input: 0
    output: 0
  - { model: openai/gpt-4o, input: 2, output: 8, cached_input: 1, batch: 0.5 }
vendors:
  proxy: openai
`;

describe('a prices file', () => {
  test('is YAML or JSON, and what it says has a version of its own', () => {
    const read = readPricesFile(fileOf(YAML));
    expect(read).toEqual({
      prices: [
        { model: 'ollama/*', input: 0, output: 0 },
        { model: 'openai/gpt-4o', input: 2, output: 8, cached_input: 1, batch: 0.5 },
      ],
      vendors: { proxy: 'openai' },
      version: expect.stringMatching(/^own@[0-9a-f]{12}$/),
    });
    expect(readPricesFile(fileOf(YAML)).version).toBe(read.version);
    const json = readPricesFile(fileOf('{"prices": [{"model": "a/b", "input": 1, "output": 2}]}'));
    expect(json).toMatchObject({ prices: [{ model: 'a/b', input: 1, output: 2 }], vendors: {} });
    expect(json.version).not.toBe(read.version);
  });

  test.each([
    ['prices: [{ model: gpt-4o, input: 1, output: 1 }]', 'prices.0.model'],
    ['prices: [{ model: openai/*-mini, input: 1, output: 1 }]', 'prices.0.model'],
    ['prices: [{ model: openai/gpt-4o, input: -1, output: 1 }]', 'prices.0.input'],
    ['prices: [{ model: openai/gpt-4o, input: 1 }]', 'prices.0.output'],
    ['prices: [{ model: a/b, input: 1, output: 1, inptu: 2 }]', 'inptu'],
    ['prices: [{ model: a/b, input: 1, output: 1 }, { model: a/b, input: 2, output: 2 }]', 'a/b is there twice'],
    ['prices: [{ model: a/b, input: 1, output: 1, batch: 50 }]', 'prices.0.batch'],
    ['vendors: { proxy: nobody }', 'vendors.proxy'],
    ['price: []', 'price'],
    ['- a', 'the file'],
    ['prices: [', 'cannot be read'],
  ])('that says %s is refused, with what is wrong in it', (text, complaint) => {
    const path = fileOf(text);
    expect(() => readPricesFile(path)).toThrow(complaint);
    expect(() => readPricesFile(path)).toThrow(path);
  });

  test('that is not there is named', () => {
    expect(() => readPricesFile(join(folder, 'missing.yaml'))).toThrow(/missing\.yaml cannot be read: ENOENT/);
  });
});
