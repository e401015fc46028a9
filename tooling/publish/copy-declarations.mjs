import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** `from '@troupe/agent'`, `import '@troupe/agent'`, `import('@troupe/agent')`, with the name in the group. */
const OWN_IMPORT = /(?<=\b(?:from|import)\s*\(?\s*)(["'])(?<name>@troupe\/[a-z-]+)\1/g;

/**
 * Copies a package's declarations into the folder that it has within the published package. What they import of other packages
 * of ours becomes a path to those packages' folders.
 *
 * @param folders paths from this package's folder to those of all others, by their names
 */
export async function copyDeclarations({ from, to, name, folders }) {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !path.endsWith('.d.ts')) continue;
    const text = await readFile(path, 'utf8');
    const target = join(to, relative(from, path));
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
