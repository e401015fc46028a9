import { join } from 'node:path';
import { build } from 'esbuild';

/** The oldest Node that the package supports: the newest that one of its dependencies (undici) asks for. */
export const OLDEST_NODE = '22.19';

/**
 * Writes the code of the first package's entries, and of everything of ours that they import, to a few files: one for each
 * entry, and for what several of them share or what is loaded only when it is needed. Modules of others stay imports.
 */
export async function bundleCode(packages, output) {
  const [first] = packages;
  const entries = new Map(packages.map(({ name, path }) => [name, join(path, 'dist/index.js')]));
  await build({
    entryPoints: Object.values(first.manifest.exports).map(({ default: entry }) => join(first.path, entry)),
    outdir: output,
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: `node${OLDEST_NODE}`,
    // Two classes of one name would be told apart by a number, which people would see.
    keepNames: true,
    logLevel: 'warning',
    plugins: [
      {
        name: 'own-packages',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
            if (kind === 'entry-point') return undefined;
            return entries.has(path) ? { path: entries.get(path) } : { path, external: true };
          });
        },
      },
    ],
  });
}
