import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { tools, toolsByName } from './catalog.js';

const folders = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });

describe('the catalog of tools', () => {
  test('is sorted, and names are unique', () => {
    const names = tools.map((tool) => tool.name);
    expect(names).toEqual([...new Set(names)].sort());
    expect(toolsByName.size).toBe(tools.length);
  });

  test('holds every tool that there is a file for', () => {
    const files = folders.filter((file) => file.endsWith('.tool.ts'));
    const names = files.map((file) => file.replace(/^.*\//, '').replace('.tool.ts', '').replaceAll('-', '_'));
    expect(names.sort()).toEqual(tools.map((tool) => tool.name));
  });

  test.each(tools.map((tool) => [tool.name, tool] as const))('%s is complete', (name, tool) => {
    expect(name).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    expect(tool.description.length).toBeGreaterThan(20);
    expect(tool.timeoutMs).toBeGreaterThan(0);
    expect(tool.parameters).toMatchObject({ type: 'object', properties: expect.anything() });
    const file = name.replaceAll('_', '-');
    expect(folders).toContain(`${file}/${file}.tool.test.ts`);
  });

  test.each(tools.map((tool) => [tool.name, tool] as const))('%s describes each of its arguments', (_, tool) => {
    const properties = Object.values(tool.parameters.properties ?? {});
    for (const property of properties) expect(property).toHaveProperty('description');
  });
});
