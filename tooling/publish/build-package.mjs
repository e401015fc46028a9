// Makes the package that is published as `troupe` in packages/troupe/dist/npm, from what `pnpm build` compiled:
// `node tooling/publish/build-package.mjs`, then `npm publish packages/troupe/dist/npm`.
// Our other packages travel inside of it; docs/decisions/0003-one-published-package.md says why, and 0005 how.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { bundleCode } from './bundle-code.mjs';
import { copyDeclarations } from './copy-declarations.mjs';
import { declareTypes } from './declare-types.mjs';
import { ownPackages } from './own-packages.mjs';
import { publishedManifest } from './published-manifest.mjs';

const root = join(import.meta.dirname, '../..');
const output = join(root, 'packages/troupe/dist/npm');
const packages = await ownPackages(root, 'troupe');
const manifest = await publishedManifest(packages);

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
await bundleCode(packages, join(output, 'dist'));
const types = await declareTypes(root, packages, join(output, 'declared'));
for (const { name, folder } of packages) {
  const folders = new Map(packages.map((other) => [other.name, relative(folder, other.folder) || '.']));
  await copyDeclarations({ from: join(types, folder, 'src'), to: join(output, 'types', folder), name, folders });
}
await rm(types, { recursive: true });
await writeFile(join(output, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
await writeFile(join(output, 'README.md'), await readFile(join(root, 'packages/troupe/README.md')));
await cp(join(root, 'LICENSE'), join(output, 'LICENSE'));
console.log(`${relative(root, dirname(join(output, 'package.json')))}: ${manifest.name} ${manifest.version}`);
