import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/**
 * A package of this repository and all others that it needs, itself first:
 * `{ name: '@troupe/agent', folder: 'agent', path: '/…/packages/agent', manifest }`.
 */
export async function ownPackages(root, first) {
  const found = new Map();
  for (const names = [first]; names.length > 0; ) {
    const name = names.shift();
    if (found.has(name)) continue;
    const folder = basename(name);
    const path = join(root, 'packages', folder);
    const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    found.set(name, { name, folder, path, manifest });
    names.push(...Object.keys(manifest.dependencies ?? {}).filter((needed) => needed.startsWith('@troupe/')));
  }
  return [...found.values()];
}
