import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from '@jest/globals';

const entries = readdirSync(import.meta.dirname, { withFileTypes: true });
const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const inFolders = folders.flatMap((folder) =>
  readdirSync(`${import.meta.dirname}/${folder}`).map((file) => `${folder}/${file}`),
);
const files = [...entries.map(({ name }) => name), ...inFolders];
const programs = files.filter((file) => /^(?!.*\.test\.).*\.ts$/.test(file));

test('the README lists every program, by itself or by its folder', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const links = new Set([...readme.matchAll(/\]\((?<path>[^)]+)\)/g)].map(({ groups }) => groups?.path ?? ''));
  expect(programs.length).toBeGreaterThan(20);
  const whole = new Set([...links].filter((link) => !link.includes('.') && link !== 'library'));
  expect(programs.filter((file) => !links.has(file) && !whole.has(dirname(file)))).toEqual([]);
  expect([...links].filter((link) => !link.startsWith('..') && !files.includes(link))).toEqual([]);
});

test('a test names every program, or one that imports it', () => {
  const root = `${import.meta.dirname}/..`;
  const places = '{examples,examples/*,apps/standalone/e2e,packages/troupe/src/postgres}/*.test.ts';
  const sources = [...globSync(places, { cwd: root }), ...programs.map((file) => `examples/${file}`)];
  const texts = sources.map((source) => ({ source, text: readFileSync(`${root}/${source}`, 'utf8') }));
  const isNamed = (program: string) =>
    texts.some(
      ({ source, text }) =>
        source !== `examples/${program}` &&
        [`'${basename(program)}'`, `/${basename(program)}'`].some((name) => text.includes(name)),
    );
  expect(programs.filter((program) => !isNamed(program))).toEqual([]);
});
