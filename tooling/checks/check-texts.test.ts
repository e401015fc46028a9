import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type PlantedTree, plantTree } from './planted-tree.js';

describe('check-texts', () => {
  let tree: PlantedTree | undefined;
  afterEach(() => tree?.remove());

  const run = (text: string, environment?: Record<string, string>) => {
    tree = plantTree({}, { 'docs/page.md': `# Page\n\n${text}\n` });
    execFileSync('git', ['init', '--quiet', tree.root]);
    return tree.run('check-texts', [], environment);
  };

  test.each([
    `cd ${['', 'work', 'main'].join('/')}`,
    `see ${['', 'root', '.npmrc'].join('/')}`,
    `kept in ${homedir()}/notes`,
  ])('finds %s', (text) => {
    const { status, output } = run(text);
    expect(output).toMatch(/^docs\/page\.md:3: .*\n {2}no-machine: /);
    expect(status).toBe(1);
  });

  test('finds the host that the registry has on this machine', () => {
    const registry = 'https://mirror.internal.example/npm/';
    const { status, output } = run(`resolved from ${registry}zod`, { npm_config_registry: registry });
    expect(output).toMatch(/^docs\/page\.md:3: .*\n {2}no-machine: .*registry/);
    expect(status).toBe(1);
  });

  test('lets relative paths and public addresses be', () => {
    expect(run('apps/work/src, ./root/x, https://registry.npmjs.org/zod')).toEqual({ status: 0, output: '' });
  });
});
