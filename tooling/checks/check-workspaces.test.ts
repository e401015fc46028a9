import { afterEach, describe, expect, test } from '@jest/globals';
import { type PlantedTree, plantTree } from './planted-tree.js';

describe('check-workspaces', () => {
  let tree: PlantedTree | undefined;
  afterEach(() => tree?.remove());

  const files = {
    'packages/agent/src/agent.ts': "import type { Store } from '@troupe/spec';\nexport type Agent = Store;\n",
    'packages/agent/src/agent.test.ts': "import '@troupe/testing';\n",
  };
  const run = (agent: Record<string, unknown>) => {
    tree = plantTree({ 'packages/agent': agent, 'packages/spec': {}, 'packages/testing': {} }, files);
    return tree.run('check-workspaces');
  };
  const dependencies = { '@troupe/spec': 'workspace:*', zod: 'catalog:' };
  const devDependencies = { '@troupe/testing': 'workspace:*' };

  test('passes what is right, subpaths included', () => {
    const exports = {
      '.': { 'troupe-source': './src/index.ts', default: './dist/index.js' },
      './memory': { 'troupe-source': './src/memory/index.ts', default: './dist/memory/index.js' },
    };
    expect(run({ dependencies, devDependencies, exports })).toEqual({ status: 0, output: '' });
  });

  test.each([
    ['name', { name: '@troupe/agents' }],
    ['type', { type: 'commonjs' }],
    ['license', { license: 'MIT' }],
    ['description', { description: '' }],
    ['exports\\["\\."\\]', { exports: { '.': './dist/index.js' } }],
    ['exports\\["\\./x"\\]', { exports: { './x': { 'troupe-source': './src/x.ts', default: './dist/y.js' } } }],
    ['zod', { dependencies: { ...dependencies, zod: '^4.0.0' } }],
    ['@troupe/spec', { dependencies: { '@troupe/spec': '0.1.0' } }],
    ['@troupe/spec', { dependencies: {} }],
    ['@troupe/spec', { dependencies: {}, devDependencies: { ...devDependencies, '@troupe/spec': 'workspace:*' } }],
    ['@troupe/testing', { devDependencies: {} }],
  ])('complains about %s when it is %j', (subject, fields) => {
    const { status, output } = run({ dependencies, devDependencies, ...fields });
    expect(output).toMatch(new RegExp(`^packages/agent/package\\.json\\n {2}${subject}: `, 'm'));
    expect(status).toBe(1);
  });
});
