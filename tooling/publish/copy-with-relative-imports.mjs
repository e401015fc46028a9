import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** `from '@troupe/agent'`, `import '@troupe/agent'`, `import('@troupe/agent')`, with the name in the group. */
const OWN_IMPORT = /(?<=\b(?:from|import)\s*\(?\s*)(["'])(?<name>@troupe\/[a-z-]+)\1/g;
/** The published package itself, and what only tests import. */
const LEFT_OUT = /^npm\/|(?:^|\/)testing\//;
const SOURCE_MAP = /\n\/\/# sourceMappingURL=\S+\s*$/;

/**
 * Copies a package's files with these endings into the folder that it has within the published package. What they import of
 * other packages of ours becomes a path to those packages' folders.
 *
 * @param folders paths from this package's folder to those of all others, by their names
 */
export async function copyWithRelativeImports({ from, to, name, folders, endings }) {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const inPackage = relative(from, path);
    if (!entry.isFile() || LEFT_OUT.test(inPackage) || !endings.some((ending) => path.endsWith(ending))) continue;
    const text = (await readFile(path, 'utf8')).replace(SOURCE_MAP, '\n');
    const target = join(to, inPackage);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(
      target,
      text.replace(OWN_IMPORT, (_, quote, imported) => quote + pathTo(imported, path) + quote),
    );
  }

  function pathTo(imported, importer) {
    const folder = folders.get(imported);
    if (folder === undefined)
      throw new Error(`${importer} imports ${imported}, which the package.json of ${name} does not name.`);
    const up = relative(dirname(importer), from) || '.';
    const path = join(up, folder, 'index.js');
    return path.startsWith('.') ? path : `./${path}`;
  }
}
