import { describe, expect, test } from '@jest/globals';
import type { RunContext, Tool } from '@troupe/spec';
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

  test.each([
    ['no parameters', {}],
    ['JSON Schema', { parameters: { type: 'object', properties: {} } }],
    ['a schema that is no object', { parameters: z.string() }],
    ['a schema of zod 3', { parameters: { _def: { typeName: 'ZodObject' } } }],
  ])('refuses %s, also where nobody checks types', (_what, parameters) => {
    const given = JSON.parse('{"name":"greet","description":"Greets."}');
    expect(() => defineTool({ ...given, ...parameters, execute: () => '' })).toThrow(
      'needs parameters: z.object({ … })',
    );
  });

  test('refuses a schema that cannot become JSON Schema, naming the tool and its fields', () => {
    const parameters = z.object({
      name: z.string(),
      when: z.date(),
      guests: z.array(z.object({ visa: z.bigint().optional(), note: z.unknown() })),
    });
    expect(() => defineTool({ ...options, parameters, execute: () => null })).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        fault: 'caller',
        message: expect.stringMatching(
          /^The parameters of the tool "greet" cannot become JSON Schema: guests\.items\.visa \(bigint\), when \(date\): /,
        ),
      }),
    );
  });

  test('asks for approval never, always, or where its function says so', async () => {
    const never = defineTool(options);
    const always = defineTool({ ...options, needsApproval: true });
    const often = defineTool({ ...options, needsApproval: ({ times }) => times > 2 });
    expect(never).not.toHaveProperty('needsApproval');
    expect(await always.needsApproval?.({ name: 'Ada' }, toolContext())).toBe(true);
    expect(await often.needsApproval?.({ name: 'Ada' }, toolContext())).toBe(false);
    expect(await often.needsApproval?.({ name: 'Ada', times: 3 }, toolContext())).toBe(true);
  });

  test('gives dependencies and progress where there are any', async () => {
    const told: unknown[] = [];
    const tool = defineTool({
      ...options,
      execute: (_, { deps, progress }: RunContext<{ greeting: string }>) => {
        progress({ percent: 50 });
        return deps.greeting;
      },
    });
    const context = { ...toolContext(), deps: { greeting: 'Ahoy' }, progress: (update: unknown) => told.push(update) };
    expect(await tool.execute({ name: 'Ada' }, context)).toBe('Ahoy');
    expect(told).toEqual([{ percent: 50 }]);
  });

  test('on a server there is nobody to tell of progress', async () => {
    const tool: Tool = defineTool({ ...options, execute: (_, { progress }) => progress(1) ?? 'done' });
    const { deps: _, progress: __, ...ofServer } = toolContext();
    expect(await tool.execute({ name: 'Ada' }, ofServer)).toBe('done');
  });
});
