import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '@troupe/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { outputFormat } from './output-format.js';

const person = z.object({ name: z.string(), age: z.int().min(0), email: z.email().nullable() });

async function errorsOf(format: ReturnType<typeof outputFormat>, found: Parameters<typeof format.check>[0]) {
  const verdict = await format.check(found);
  return verdict.valid ? [] : verdict.errors;
}

describe('outputFormat', () => {
  test('a zod object is asked for as a closed JSON Schema', () => {
    expect(outputFormat(person, 'person').request).toEqual({
      name: 'person',
      schema: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          age: { type: 'integer', minimum: 0 },
          email: { anyOf: [expect.objectContaining({ type: 'string', format: 'email' }), { type: 'null' }] },
        },
        required: ['name', 'age', 'email'],
        additionalProperties: false,
      },
    });
  });

  test('gives what comes out of the zod schema: defaults, transforms, no unknown keys', async () => {
    const format = outputFormat(z.object({ day: z.string().transform((day) => new Date(day)), n: z.int().default(1) }));
    expect(await format.check({ day: '2026-03-01', more: true })).toEqual({
      valid: true,
      value: { day: new Date('2026-03-01'), n: 1 },
    });
  });

  test('awaits refinements', async () => {
    const format = outputFormat(
      z.object({ city: z.string().refine(async (city) => city === 'Bern', 'is no capital') }),
    );
    expect(await errorsOf(format, { city: 'Basel' })).toEqual(['"city": is no capital']);
    expect(await errorsOf(format, { city: 'Bern' })).toEqual([]);
  });

  test('names the field that is at fault, in zod and in JSON Schema', async () => {
    const list = outputFormat(z.object({ people: z.array(person) }));
    expect(await errorsOf(list, { people: [{ name: 'Ada', age: -1, email: null }] })).toEqual([
      '"people.0.age": Too small: expected number to be >=0',
    ]);
    const schema: JsonSchema = {
      type: 'object',
      properties: { kind: { enum: ['a', 'b'] }, when: { type: 'string', format: 'date' } },
      required: ['kind', 'when', 'why'],
      additionalProperties: false,
    };
    expect(await errorsOf(outputFormat(schema), { kind: 'c', when: '2026-02-30', else: 1 })).toEqual([
      '"why" is required',
      '"else" is not a known field',
      '"kind" must be one of ["a","b"]',
      '"when" must match format "date"',
    ]);
  });

  test('of a union the errors of the nearest member are told', async () => {
    const shape = z.union([
      z.object({ type: z.literal('circle'), radius: z.number() }),
      z.object({ type: z.literal('box'), size: z.object({ width: z.number() }) }),
    ]);
    expect(await errorsOf(outputFormat(shape), { value: { type: 'box', size: { width: 'wide' } } })).toEqual([
      '"size.width": Invalid input: expected number, received string',
    ]);
  });

  test('tells a few errors, each short', async () => {
    const errors = await errorsOf(outputFormat(z.object({ list: z.array(z.enum(['x'.repeat(1_000)])) })), {
      list: Array.from({ length: 50 }, () => 'y'),
    });
    expect(errors).toHaveLength(8);
    expect(Math.max(...errors.map((error) => error.length))).toBeLessThanOrEqual(300);
  });

  test('what is no object is asked for as the value of one, and taken without it too', async () => {
    const format = outputFormat(z.array(z.int()));
    expect(format.request.schema).toEqual({
      type: 'object',
      properties: { value: { type: 'array', items: { type: 'integer' } } },
      required: ['value'],
      additionalProperties: false,
    });
    expect(await format.check({ value: [1, 2] })).toEqual({ valid: true, value: [1, 2] });
    expect(await format.check([1, 2])).toEqual({ valid: true, value: [1, 2] });
    expect(await errorsOf(format, { value: [1, 'two'] })).toEqual([
      '"1": Invalid input: expected number, received string',
    ]);
    expect(format.partOf({ value: [1] })).toEqual([1]);
    expect(format.partOf([1])).toEqual([1]);
  });

  test('references lead to the same after a schema has moved into its envelope', async () => {
    interface Node {
      name: string;
      children: Node[];
    }
    const node: z.ZodType<Node> = z.lazy(() => z.object({ name: z.string(), children: z.array(node) }));
    const trees: JsonSchema[] = [
      { type: 'array', items: { anyOf: [{ type: 'integer' }, { $ref: '#' }] } },
      {
        type: 'array',
        items: { $ref: '#/$defs/tree' },
        $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } },
      },
    ];
    for (const tree of trees) {
      const { schema } = outputFormat(tree).request;
      const validate = new Ajv2020({ strict: false }).compile(schema);
      expect(validate({ value: [[[]], []] })).toBe(true);
      expect(validate({ value: [[['no']], []] })).toBe(false);
    }
    const zodTree = new Ajv2020({ strict: false }).compile(outputFormat(z.array(node)).request.schema);
    expect(zodTree({ value: [{ name: 'a', children: [{ name: 'b', children: [] }] }] })).toBe(true);
    expect(zodTree({ value: [{ name: 'a', children: [{ name: 'b' }] }] })).toBe(false);
  });

  test('a property may be called $ref or default', () => {
    const schema: JsonSchema = {
      type: 'array',
      items: { type: 'object', properties: { $ref: { type: 'string' }, default: { $ref: '#/$defs/d' } } },
      $defs: { d: { type: 'integer', default: 3 } },
    };
    expect(() => outputFormat(schema)).not.toThrow();
    expect(outputFormat(schema).request.schema).toMatchObject({
      properties: { value: { items: { properties: { $ref: { type: 'string' }, default: { $ref: '#/$defs/d' } } } } },
      $defs: { d: { type: 'integer' } },
    });
  });

  test('what could not be stored is no valid output', async () => {
    const format = outputFormat({ type: 'object' });
    expect(await format.check({ text: 'a\u0000b' })).toEqual({ valid: true, value: { text: 'ab' } });
    let deep: unknown[] = [];
    for (let depth = 0; depth < 100; depth += 1) deep = [deep];
    expect(await errorsOf(format, JSON.parse(JSON.stringify({ deep })))).toEqual([
      expect.stringContaining('64 levels'),
    ]);
  });

  test('refuses schemas that cannot be used, and says why', () => {
    expect(() => outputFormat(z.object({ at: z.date() }))).toThrow(/cannot become JSON Schema: Date/);
    expect(() => outputFormat({ type: 'nonsense' })).toThrow(/no valid JSON Schema/);
    expect(() => outputFormat({ $ref: 'https://example.com/schema.json' })).toThrow(/no valid JSON Schema/);
    expect(() => outputFormat(person, 'a person')).toThrow('cannot name an output schema');
  });
});
