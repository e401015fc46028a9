import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type PlantedTree, plantTree } from './planted-tree.js';

describe('generate', () => {
  let tree: PlantedTree;
  afterEach(() => tree.remove());

  const plant = () => {
    tree = plantTree(
      { 'packages/contracts': {}, 'packages/spec': {}, 'packages/agent': {} },
      {
        'packages/spec/src/store.ts': "export type { Id } from '@troupe/contracts';\n",
        'packages/agent/src/agent.ts':
          "import type { Id } from '@troupe/contracts';\nimport type { Store } from '@troupe/spec';\n",
      },
    );
    return join(tree.root, 'docs/architecture.md');
  };

  test('draws the arrows that stand in the code, without those that follow from others', () => {
    const page = plant();
    expect(tree.run('generate').status).toBe(0);
    const text = readFileSync(page, 'utf8');
    expect(text.match(/^ {2}\S+ --> \S+$/gm)).toEqual(['  agent --> spec', '  spec --> contracts']);
    expect(text).toContain('| `packages/agent` | A planted package. | contracts, spec |');
  });

  test('says what is out of date, changes nothing then, and keeps what a person wrote around it', () => {
    const page = plant();
    tree.run('generate');
    expect(tree.run('generate', ['--check'])).toEqual({ status: 0, output: '' });

    const edited = readFileSync(page, 'utf8')
      .replace('# Architecture', '# Our architecture')
      .replace('agent --> spec', '');
    writeFileSync(page, edited);
    expect(tree.run('generate', ['--check'])).toEqual({
      status: 1,
      output: expect.stringContaining('docs/architecture.md\n  not up to date'),
    });
    expect(readFileSync(page, 'utf8')).toBe(edited);

    tree.run('generate');
    expect(readFileSync(page, 'utf8')).toMatch(/^# Our architecture\n/);
    expect(tree.run('generate', ['--check']).status).toBe(0);
  });
});
