// Writes the generated files, or with --check only says which ones are not up to date.
// `node tooling/checks/generate.mjs [--check] [root]`
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generators } from './generators.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const root = resolve(positionals[0] ?? join(import.meta.dirname, '../..'));
const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);

for (const { name, generate } of generators) {
  for (const { path, text } of await generate({ root, read })) {
    if (read(path) === text) continue;
    if (values.check) {
      console.log(`${path}\n  not up to date: ${name} would write something else.`);
      process.exitCode = 1;
    } else {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      console.log(`${path}: written by ${name}`);
    }
  }
}
