import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sampleForSchema } from './schema-sample.js';

const ajv = new Ajv2020({ strict: false });

const schemas: Record<string, Record<string, unknown>> = {
  'nested objects': {
    type: 'object',
    required: ['a', 'b'],
    additionalProperties: false,
    properties: {
      a: { type: 'object', required: ['c'], properties: { c: { type: 'integer', minimum: 3 } } },
      b: { type: 'array', minItems: 2, items: { type: 'string', minLength: 10 } },
      d: { type: 'string' },
    },
  },
  'references and alternatives': {
    type: 'object',
    required: ['node', 'maybe', 'both'],
    $defs: {
      node: {
        type: 'object',
        required: ['next'],
        properties: { next: { anyOf: [{ type: 'null' }, { type: 'string' }] } },
      },
    },
    properties: {
      node: { $ref: '#/$defs/node' },
      maybe: { type: ['null', 'boolean'] },
      both: {
        allOf: [
          { type: 'object', required: ['x'], properties: { x: { type: 'number' } } },
          { required: ['y'], properties: { y: { const: 4 } } },
        ],
      },
    },
  },
  'limits of numbers': {
    type: 'object',
    required: ['a', 'b', 'c', 'd'],
    properties: {
      a: { type: 'integer', exclusiveMinimum: 4, multipleOf: 5 },
      b: { type: 'number', exclusiveMaximum: 0, minimum: -1 },
      c: { type: 'number', maximum: 0.5, minimum: 0.25 },
      d: { type: 'integer', enum: [7, 8] },
    },
  },
  'limits of strings': {
    type: 'object',
    required: ['slug', 'short'],
    properties: {
      slug: { type: 'string', pattern: '^[a-z]+(_[a-z]+)*$' },
      short: { type: 'string', maxLength: 2 },
    },
  },
  'an open object': { type: 'object', required: ['k'], additionalProperties: { type: 'number', minimum: 1 } },
};

test.each(Object.keys(schemas))('%s: the sample validates, whatever is suggested', (name) => {
  const schema = schemas[name] ?? {};
  const validate = ajv.compile(schema);
  for (const suggestion of [undefined, 'A suggestion, rather long', 99, null]) {
    const sample = sampleForSchema(schema, () => suggestion);
    expect({ sample, valid: validate(sample), errors: validate.errors }).toMatchObject({ valid: true });
  }
});

test('a suggestion is used where it fits', () => {
  const schema = {
    type: 'object',
    required: ['title', 'kind'],
    properties: { title: { type: 'string', maxLength: 5 }, kind: { enum: ['a', 'b'] } },
  };
  expect(sampleForSchema(schema, (name) => (name === 'title' ? 'A long title' : 'b'))).toEqual({
    title: 'A lon',
    kind: 'b',
  });
});

test('a schema that contains itself ends', () => {
  const schema = { type: 'object', required: ['next'], properties: { next: { $ref: '#' } } };
  expect(() => JSON.stringify(sampleForSchema(schema, () => undefined))).not.toThrow();
});
