import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OLDEST_NODE } from './bundle-code.mjs';

/** What only some entries need. Who imports these installs it; the others do not have to. */
const OPTIONAL = ['bullmq', 'pg', 'reflect-metadata', 'typeorm'];
/** Schemas of the application are handed to the library, so they must be of one copy: of any zod that the library was tried with. */
const SHARED = { zod: '^4.0.17' };

/** The package.json of the published package: that of packages/troupe with what the packages inside of it need, too. */
export async function publishedManifest(packages) {
  const [{ manifest }] = packages;
  const needed = await neededModules(packages);
  const range = (names) => Object.fromEntries(names.map((name) => [name, `^${needed.get(name)}`]));
  const names = [...needed.keys()].sort();
  const optional = names.filter((name) => OPTIONAL.includes(name));
  return {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    keywords: ['agents', 'ai', 'llm', 'openai', 'anthropic', 'tools'],
    license: manifest.license,
    type: 'module',
    engines: { node: `>=${OLDEST_NODE}` },
    exports: Object.fromEntries(Object.entries(manifest.exports).map(([path, entry]) => [path, published(entry)])),
    files: ['dist', 'types'],
    dependencies: range(names.filter((name) => !OPTIONAL.includes(name) && !(name in SHARED))),
    peerDependencies: { ...SHARED, ...range(optional) },
    peerDependenciesMeta: Object.fromEntries(optional.map((name) => [name, { optional: true }])),
  };
}

function published({ default: path }) {
  return { types: path.replace('./dist/', './types/troupe/').replace(/\.js$/, '.d.ts'), default: path };
}

/** Modules of others with the versions that are installed, which are the ones that were tested. */
async function neededModules(packages) {
  const versions = new Map();
  for (const { path, manifest } of packages) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (name.startsWith('@troupe/')) continue;
      const installed = join(path, 'node_modules', name, 'package.json');
      versions.set(name, JSON.parse(await readFile(installed, 'utf8')).version);
    }
  }
  return versions;
}
