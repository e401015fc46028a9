// Compiles one package's src/ to dist/ with SWC. Types are checked for the whole repository at once by `pnpm check`,
// so a build is a transpilation and takes a fraction of a second.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { transform } from '@swc/core';
import { swcOptions } from './swc-options.mjs';

const root = process.cwd();
const source = join(root, 'src');
const output = join(root, 'dist');

await rm(output, { recursive: true, force: true });
const entries = await readdir(source, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

await Promise.all(
  files
    .filter((file) => !/\.test(-\w+)?\.tsx?$/.test(file))
    .map((file) => (file.endsWith('.ts') ? compile(file) : copy(file))),
);

async function compile(file) {
  const target = join(output, relative(source, file).replace(/\.ts$/, '.js'));
  const { code, map } = await transform(await readFile(file, 'utf8'), {
    ...swcOptions,
    filename: file,
    sourceFileName: relative(dirname(target), file),
    sourceMaps: true,
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${basename(target)}.map\n`);
  await writeFile(`${target}.map`, map);
}

/** Anything that is not TypeScript (a page, a schema) is part of the package as it is. */
async function copy(file) {
  const target = join(output, relative(source, file));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await readFile(file));
}
