import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '@troupe/contracts';
import { followsStrictRules } from './follows-strict-rules.js';

const closed = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

describe('followsStrictRules', () => {
  test.each<[string, JsonSchema]>([
    ['closed objects', closed({ a: { type: 'string' }, b: { type: ['number', 'null'] } })],
    ['nested ones', closed({ a: { type: 'array', items: closed({ b: { enum: ['x', null] } }), minItems: 1 } })],
    ['variants below the top', closed({ a: { anyOf: [closed({}), { type: 'null' }] } })],
    ['definitions', { ...closed({ a: { $ref: '#/$defs/b' } }), $defs: { b: closed({ c: { type: 'integer' } }) } }],
    ['a property that is named like a keyword', closed({ default: { type: 'string' } })],
  ])('takes %s', (_name, schema) => {
    expect(followsStrictRules(schema)).toBe(true);
  });

  test.each<[string, JsonSchema]>([
    ['another type at the top', { type: 'array', items: { type: 'string' } }],
    ['variants at the top', { ...closed({}), anyOf: [closed({})] }],
    ['open objects', { type: 'object', properties: {}, required: [] }],
    ['optional properties', { ...closed({ a: { type: 'string' } }), required: [] }],
    ['open objects deep inside', closed({ a: { type: 'array', items: { type: 'object' } } })],
    ['open definitions', { ...closed({}), $defs: { b: { type: 'object', properties: {} } } }],
    ['keywords it does not know', closed({ a: { type: 'string', minLength: 1 } })],
    ['schemas that are no objects', closed({ a: true })],
  ])('refuses %s', (_name, schema) => {
    expect(followsStrictRules(schema)).toBe(false);
  });
});
