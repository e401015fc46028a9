import { afterEach, describe, expect, test } from '@jest/globals';
import { type PlantedTree, plantTree } from './planted-tree.js';

describe('check-sources', () => {
  let tree: PlantedTree | undefined;
  afterEach(() => tree?.remove());

  const run = (path: string, text: string) => {
    tree = plantTree({ 'packages/agent': {}, 'packages/config': {} }, { [path]: text });
    return tree.run('check-sources');
  };

  test.each([
    'export const port = process.env.PORT;',
    "export const port = process['env'].PORT;",
    'export const port = globalThis.process.env.PORT;',
    'const { env } = process;\nexport const port = env.PORT;',
    'const { env: settings } = process;\nexport const port = settings.PORT;',
    "import { env } from 'node:process';\nexport const port = env.PORT;",
    "import process from 'node:process';\nexport const port = process.env.PORT;",
  ])('finds a read of the environment: %s', (text) => {
    const { status, output } = run('packages/agent/src/port.ts', `${text}\n`);
    expect(output).toMatch(/^packages\/agent\/src\/port\.ts:\d\n {2}environment-only-in-config: /);
    expect(status).toBe(1);
  });

  test('lets packages/config read it', () => {
    expect(run('packages/config/src/port.ts', 'export const port = process.env.PORT;\n').status).toBe(0);
  });

  test('is not misled by a comment, a text, or another env', () => {
    const text =
      "// process.env.PORT\nexport const hint = 'set process.env.PORT';\nexport const of = (a: { env: 1 }) => a.env;\n";
    expect(run('packages/agent/src/port.ts', text)).toEqual({ status: 0, output: '' });
  });

  test.each(["export * from './agent.js';", "export * as all from './agent.js';", "export type * from './agent.js';"])(
    'finds an index that does not name its exports: %s',
    (text) => {
      const { status, output } = run('packages/agent/src/index.ts', `${text}\n`);
      expect(output).toMatch(/^packages\/agent\/src\/index\.ts:1\n {2}named-exports: /);
      expect(status).toBe(1);
    },
  );
});
