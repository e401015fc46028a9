import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { argumentErrors } from './argument-errors.js';

function toolWith(parameters: JsonSchema): Tool {
  return {
    name: 'file',
    description: 'Files something.',
    parameters,
    effect: 'read',
    timeoutMs: 1_000,
    execute: async () => 'filed',
  };
}

const FOLDER: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, folders: { type: 'array', items: { $ref: '#' } } },
  required: ['name'],
};

describe('argumentErrors', () => {
  test('a schema may mean itself', () => {
    const tool = toolWith(FOLDER);
    expect(argumentErrors(tool, { name: 'a', folders: [{ name: 'b', folders: [] }] })).toEqual([]);
    expect(argumentErrors(tool, { name: 'a', folders: [{ folders: [] }] })).toEqual(['"folders.0.name" is required']);
  });

  test('two tools may call their schemas alike', () => {
    const schema = (type: string): JsonSchema => ({
      $id: 'https://example.com/arguments',
      type: 'object',
      properties: { x: { type } },
    });
    expect(argumentErrors(toolWith(schema('string')), { x: 'a' })).toEqual([]);
    expect(argumentErrors(toolWith(schema('number')), { x: 1 })).toEqual([]);
  });
});
