import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createToolCatalog } from './create-tool-catalog.js';

const folder = mkdtempSync(join(tmpdir(), 'tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, 'tools.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const tool = { name: 'book_room', description: 'Books.', parameters: { type: 'object' }, url: 'http://tools.test/' };

describe('createToolCatalog', () => {
  test('holds what ships and what the file declares', () => {
    const catalog = createToolCatalog({ toolsFile: file([tool]) });
    expect([...catalog.keys()]).toEqual(expect.arrayContaining(['book_room', 'calculate']));
    expect(createToolCatalog({}).has('book_room')).toBe(false);
  });

  test.each([
    ['a file that is not there', () => join(folder, 'none.json'), /cannot be read/],
    ['a file that is no JSON', () => file('[,'), /cannot be read/],
    ['no list', () => file({}), /the file: .*array/],
    ['a name that providers refuse', () => file([{ ...tool, name: '9 lives' }]), /0\.name: must begin with a letter/],
    ['a field that does not exist', () => file([{ ...tool, timeout: 5 }]), /"timeout"/],
    ['a scheme that is not HTTP', () => file([{ ...tool, url: 'file:///etc/passwd' }]), /0\.url/],
    ['a name that is taken', () => file([{ ...tool, name: 'calculate' }]), /names calculate, and that name is taken/],
  ])('refuses %s', (_what, toolsFile, message) => {
    expect(() => createToolCatalog({ toolsFile: toolsFile() })).toThrow(message);
  });
});
