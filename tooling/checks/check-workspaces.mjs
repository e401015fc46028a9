// What every package.json of ours says: same shape everywhere, and every own package that is imported is declared.
// `node tooling/checks/check-workspaces.mjs [root]`
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { testPath } from './layers.mjs';
import { listOwnImports } from './own-imports.mjs';
import { listWorkspaces } from './workspaces.mjs';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));
const workspaces = listWorkspaces(root);
const importsOf = Map.groupBy(listOwnImports(root), (found) => found.folder);
const isTest = new RegExp(testPath);
const entry = { 'troupe-source': './src/index.ts', default: './dist/index.js' };

const complaints = workspaces.flatMap((workspace) =>
  [...shapeComplaints(workspace), ...dependencyComplaints(workspace)].map(
    (complaint) => `${workspace.folder}/package.json\n  ${complaint}`,
  ),
);
for (const complaint of complaints) console.log(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;

function shapeComplaints({ folder, manifest }) {
  const complaints = [];
  const expect = (holds, complaint) => holds || complaints.push(complaint);
  const name = folder === 'packages/troupe' ? 'troupe' : `@troupe/${folder.split('/')[1]}`;
  expect(manifest.name === name, `name: is "${manifest.name}", and its folder says "${name}".`);
  expect(manifest.type === 'module', 'type: must be "module"; everything here is ESM.');
  expect(manifest.license === 'Apache-2.0', 'license: must be "Apache-2.0".');
  expect(/\w{3}/.test(manifest.description ?? ''), 'description: one sentence that says what the package is for.');
  // Its other version, for fault tests, is run from source and is in no build.
  const own = folder === 'packages/failpoints' ? { 'troupe-failpoints': './armed/index.ts', ...entry } : entry;
  if (folder !== 'apps/console') expect(isDeepStrictEqual(manifest.exports?.['.'], own), exportsRule('.', own));
  for (const [path, target] of Object.entries(manifest.exports ?? {})) {
    const inner = target['troupe-source']?.replace(/^\.\/src\/(.*)\.ts$/, '$1');
    const expected = { 'troupe-source': `./src/${inner}.ts`, default: `./dist/${inner}.js` };
    if (path !== '.') expect(isDeepStrictEqual(target, expected), exportsRule(path, expected));
  }
  return complaints;
}

function exportsRule(path, expected) {
  return `exports["${path}"]: must be ${JSON.stringify(expected)}; types and tests read sources, Node reads builds.`;
}

function dependencyComplaints({ folder, manifest }) {
  const own = new Set(workspaces.map((workspace) => workspace.manifest.name));
  const declared = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const versions = declared
    .filter(([name, version]) => version !== (own.has(name) ? 'workspace:*' : 'catalog:'))
    .map(
      ([name, version]) =>
        `${name}: is "${version}"; own packages are "workspace:*", others "catalog:" of pnpm-workspace.yaml.`,
    );
  const missing = [...Map.groupBy(importsOf.get(folder) ?? [], (found) => found.name)]
    .filter(([name]) => name !== manifest.name)
    .map(([name, uses]) => ({ name, uses, inProduct: uses.find((use) => !isTest.test(use.path)) }))
    .filter(
      ({ name, inProduct }) => !(name in { ...manifest.dependencies, ...(inProduct ? {} : manifest.devDependencies) }),
    )
    .map(({ name, uses, inProduct }) => {
      const section = inProduct ? 'dependencies' : 'devDependencies';
      return `${name}: ${(inProduct ?? uses[0]).path} imports it; add "${name}": "workspace:*" to ${section}.`;
    });
  return [...versions, ...missing];
}
