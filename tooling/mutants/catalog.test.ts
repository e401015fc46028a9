import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MUTANTS } from './catalog.js';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

describe('mutants', () => {
  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s changes its source and names a test that is there',
    (_name, { file, from, to, suite, test: title }) => {
      expect(read(file).split(from)).toHaveLength(2);
      expect(to).not.toBe(from);
      // Before a quote: the whole title, or the end of it.
      expect(read(suite).replaceAll("\\'", "'")).toMatch(new RegExp(`${escaped(title)}['"\`]`));
    },
  );

  test('are those of the table in docs/reliability.md', () => {
    const rows = read('docs/reliability.md').split('\n');
    const table = rows.slice(rows.indexOf('| name | protects | noticed by |') + 2);
    const expected = MUTANTS.map(
      ({ name, protects, test: title, suite }) => `| ${name} | ${protects} | [${title}](../${suite}) |`,
    );
    expect(
      table.slice(
        0,
        table.findIndex((row) => !row.startsWith('|')),
      ),
    ).toEqual(expected);
  });

  test('no name twice', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
