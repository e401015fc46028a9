import { describe, expect, test } from '@jest/globals';
import type { JsonSchema, JsonValue } from '@troupe/contracts';
import { checkOfUntrustedSchema } from './check-of-untrusted-schema.js';

function nested(depth: number): JsonSchema {
  return depth === 0 ? { type: 'string' } : { properties: { a: nested(depth - 1) } };
}

function bottomless(): JsonSchema {
  let schema: JsonSchema = {};
  for (let depth = 0; depth < 100_000; depth += 1) schema = { not: schema };
  return schema;
}

/** Every level is looked at twice by the level above. */
function doubling(levels: number): JsonSchema {
  const $defs = Object.fromEntries(
    Array.from({ length: levels }, (_, index): [string, JsonSchema] => [
      `d${index}`,
      { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
  );
  return { $defs: { ...$defs, [`d${levels}`]: { type: 'object' } }, $ref: '#/$defs/d0' };
}

async function judge(schema: JsonSchema, value: JsonValue): Promise<string[]> {
  const verdict = await checkOfUntrustedSchema(schema).check(value);
  return verdict.valid ? [] : verdict.errors;
}

describe('checkOfUntrustedSchema', () => {
  test('checks as any other does', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    expect(await judge(schema, { n: 1 })).toEqual([]);
    expect(await judge(schema, { n: 'one' })).toEqual(['"n" must be integer']);
    expect(await judge(schema, {})).toEqual(['"n" is required']);
  });

  test('a schema may mean itself', async () => {
    const tree = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } };
    expect(await judge(tree, { children: [{ children: [] }] })).toEqual([]);
    expect(await judge(tree, { children: [{ children: [3] }] })).toEqual(['"children.0.children.0" must be object']);
  });

  test('patterns and formats work', async () => {
    const schema = { type: 'object', properties: { code: { pattern: '^[A-Z]{2}-\\d+$' }, day: { format: 'date' } } };
    expect(await judge(schema, { code: 'CH-42', day: '2026-11-21' })).toEqual([]);
    expect(await judge(schema, { code: 'ch-42', day: 'today' })).toHaveLength(2);
    expect(await judge({ properties: { code: { pattern: '^x$' } } }, { code: 'CH-42' })).toHaveLength(1);
  });

  test('null stays a value', async () => {
    expect(await judge({ const: null }, null)).toEqual([]);
    expect(await judge({ enum: [null, 'a'] }, 'b')).toHaveLength(1);
  });

  test.each<[string, JsonSchema, string]>([
    ['one that is too large', { description: 'x'.repeat(70_000) }, '65536 are allowed'],
    ['one that is nested too deep', nested(40), 'nested more than 64'],
    ['one that is nested as deep as it goes', bottomless(), 'nested more than 64'],
    ['a reference to elsewhere', { properties: { a: { $ref: 'https://example.com/a.json' } } }, 'leads outside it'],
    ['a reference to a file', { $dynamicRef: 'other.json#x' }, 'leads outside it'],
    ['a reference to nothing', { properties: { a: { $ref: '#/$defs/none' } } }, 'no valid JSON Schema'],
    ['an id in its middle', { properties: { a: { $id: 'https://example.com/', type: 'string' } } }, '$id of its own'],
    ['what is no schema', { type: 'strin' }, 'no valid JSON Schema'],
    ['a pattern that is none', { properties: { a: { pattern: '(' } } }, 'no valid JSON Schema'],
    ['a pattern that needs more than time', { properties: { a: { pattern: '(a)\\1' } } }, 'no valid JSON Schema'],
  ])('refuses %s', (_what, schema, message) => {
    expect(() => checkOfUntrustedSchema(schema)).toThrow(
      expect.objectContaining({ code: 'invalid_request', fault: 'caller', message: expect.stringContaining(message) }),
    );
  });

  test('a pattern that would take for ever takes no time', async () => {
    const startedAt = performance.now();
    expect(await judge({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`)).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('a schema that would take for ever is ended', async () => {
    const startedAt = performance.now();
    await expect(judge(doubling(40), {})).rejects.toMatchObject({ code: 'output_invalid', fault: 'caller' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
