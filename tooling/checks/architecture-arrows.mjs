import { ranks, testPath } from './layers.mjs';
import { replaceMarkedSection } from './marked-section.mjs';
import { listOwnImports } from './own-imports.mjs';
import { listWorkspaces } from './workspaces.mjs';

const path = 'docs/architecture.md';
const isTest = new RegExp(testPath);

/** Draws which package imports which into docs/architecture.md, from the imports that stand in the sources. */
export const architectureArrows = {
  name: 'the arrows of the architecture',
  async generate({ root, read }) {
    const packages = readPackages(root);
    const section = [drawGraph(packages), writeTable(packages)].join('\n\n');
    return [{ path, text: replaceMarkedSection(read(path) ?? introduction, 'arrows', section) }];
  },
};

const introduction = `# Architecture

Troupe is a set of apps that share packages. Imports point one way: an app composes packages and reads the settings, a
package implements interfaces of \`spec\`, and everything speaks in the words of \`contracts\`. Packages of the same
rank do not import each other; where one needs another it declares a port in \`spec\` and an app passes the implementation in.
\`pnpm check\` fails when an import points elsewhere; the rules are the table in \`tooling/checks/layers.mjs\`.

## Who imports whom

<!-- generated: arrows -->

<!-- end: arrows -->
`;

/** `{ folder, label, product, tests }`: the folders it imports in what ships, and those only its tests import. */
function readPackages(root) {
  const workspaces = listWorkspaces(root);
  const folderOf = new Map(workspaces.map(({ folder, manifest }) => [manifest.name, folder]));
  const imports = listOwnImports(root)
    .map((found) => ({ ...found, to: folderOf.get(found.name) }))
    .filter(({ folder, to }) => to !== undefined && to !== folder);
  return workspaces.map(({ folder, manifest }) => {
    const own = imports.filter((found) => found.folder === folder);
    const product = sortedSet(own.filter((found) => !isTest.test(found.path)).map(({ to }) => to));
    const tests = sortedSet(own.map(({ to }) => to)).filter((to) => !product.includes(to));
    // packages/testing is all test code; what it imports is what it is made of.
    const [made, tested] = folder === 'packages/testing' ? [sortedSet([...product, ...tests]), []] : [product, tests];
    return { folder, label: folder.split('/')[1], description: manifest.description, product: made, tests: tested };
  });
}

function drawGraph(packages) {
  const lines = ranks.flatMap(({ name, folders }, index) => {
    const members = packages.filter(({ folder }) => folders.includes(folder));
    if (members.length === 0) return [];
    return [`  subgraph rank${index} ["${name}"]`, ...members.map(({ label }) => `    ${label}`), '  end'];
  });
  const arrows = packages.flatMap(({ label, folder }) =>
    direct(folder, packages).map((to) => `  ${label} --> ${labelOf(to)}`),
  );
  return [
    'An arrow that follows from others is left out: what reaches `contracts` through `spec` may use both.',
    '',
    '```mermaid',
    'graph TD',
    ...lines,
    ...arrows,
    '```',
  ].join('\n');
}

/** The imports of `folder` that are not reached through another of its imports as well. */
function direct(folder, packages) {
  const importsOf = (from) => packages.find((candidate) => candidate.folder === from).product;
  const indirect = new Set();
  const reach = (from) => {
    for (const to of importsOf(from)) {
      if (indirect.has(to)) continue;
      indirect.add(to);
      reach(to);
    }
  };
  importsOf(folder).forEach(reach);
  return importsOf(folder).filter((to) => !indirect.has(to));
}

function writeTable(packages) {
  const rows = packages.map(({ folder, description, product, tests }) => {
    const importers = packages.filter((other) => other.product.includes(folder)).map((other) => other.folder);
    return `| \`${folder}\` | ${description} | ${list(product)} | ${list(tests)} | ${list(importers)} |`;
  });
  return [
    '| folder | purpose | imports | its tests also | imported by |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function list(folders) {
  return folders.map(labelOf).join(', ');
}

function labelOf(folder) {
  return folder.split('/')[1];
}

function sortedSet(values) {
  return [...new Set(values)].sort();
}
