import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineTool } from './define-tool.js';
import { toolContext } from './testing/tool-context.js';

const options = {
  name: 'greet',
  description: 'Greets somebody.',
  parameters: z.object({ name: z.string().describe('Who'), times: z.int().default(1) }),
  execute: ({ name, times }: { name: string; times: number }) => `Hello ${name}! `.repeat(times).trim(),
};

describe('defineTool', () => {
  test('gives the model a JSON Schema, in which what has a default is optional', () => {
    expect(defineTool(options).parameters).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Who' },
        times: { type: 'integer', default: 1 },
      },
      required: ['name'],
    });
  });

  test('parses arguments before it runs', async () => {
    expect(await defineTool(options).execute({ name: 'Ada' }, toolContext())).toBe('Hello Ada!');
  });

  test('refuses arguments that do not fit, naming the field', async () => {
    const running = defineTool(options).execute({ name: 'Ada', times: 'two' }, toolContext());
    await expect(running).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^Invalid arguments for greet: times: /),
    });
  });

  test('takes the careful defaults', () => {
    expect(defineTool(options)).toMatchObject({ effect: 'effect', timeoutMs: 30_000 });
  });

  test('what throws at once rejects', async () => {
    const tool = defineTool({
      ...options,
      execute: () => {
        throw new Error('no');
      },
    });
    await expect(tool.execute({ name: 'Ada' }, toolContext())).rejects.toThrow('no');
  });

  test.each(['', '1st', 'with space', 'ünïcode', 'x'.repeat(65)])('refuses the name %j', (name) => {
    expect(() => defineTool({ ...options, name })).toThrow('must begin with a letter');
  });

  test('refuses a schema that cannot become JSON Schema, naming the tool', () => {
    const parameters = z.object({ when: z.date() });
    expect(() => defineTool({ ...options, parameters, execute: () => null })).toThrow(
      'The parameters of the tool "greet" cannot become JSON Schema',
    );
  });
});
