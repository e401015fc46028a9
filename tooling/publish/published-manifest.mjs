import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What only some entries need. Who imports these installs it; the others do not have to. */
const OPTIONAL = ['bullmq', 'pg', 'reflect-metadata', 'typeorm'];
/** The newest that one of its dependencies (undici) asks for. */
const NODE = '>=22.19';
/** Schemas of the application are handed to the library, so they must be of one copy. */
const SHARED = ['zod'];

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
    engines: { node: NODE },
    exports: Object.fromEntries(Object.entries(manifest.exports).map(([path, entry]) => [path, published(entry)])),
    files: ['dist'],
    dependencies: range(names.filter((name) => !OPTIONAL.includes(name) && !SHARED.includes(name))),
    peerDependencies: range([...SHARED, ...optional]),
    peerDependenciesMeta: Object.fromEntries(optional.map((name) => [name, { optional: true }])),
  };
}

function published({ default: path }) {
  const file = path.replace('./dist/', './dist/troupe/');
  return { types: file.replace(/\.js$/, '.d.ts'), default: file };
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
