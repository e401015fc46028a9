import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';

test('the README lists every program, by itself or by its folder', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const links = new Set([...readme.matchAll(/\]\((?<path>[^)]+)\)/g)].map(({ groups }) => groups?.path ?? ''));
  const entries = readdirSync(import.meta.dirname, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const inFolders = folders.flatMap((folder) =>
    readdirSync(`${import.meta.dirname}/${folder}`).map((file) => `${folder}/${file}`),
  );
  const files = [...entries.map(({ name }) => name), ...inFolders];
  const programs = files.filter((file) => /^(?!.*\.test\.).*\.ts$/.test(file));
  expect(programs.length).toBeGreaterThan(20);
  const whole = new Set([...links].filter((link) => !link.includes('.') && link !== 'library'));
  expect(programs.filter((file) => !links.has(file) && !whole.has(dirname(file)))).toEqual([]);
  expect([...links].filter((link) => !link.startsWith('..') && !files.includes(link))).toEqual([]);
});
