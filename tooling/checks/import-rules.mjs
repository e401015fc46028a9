import { forTests, mayImport, owners, testPath } from './layers.mjs';

/**
 * The import rules in dependency-cruiser's terms, for the workspaces that exist. A rule's `comment` is the sentence
 * a developer reads when it is broken. Paths are matched after resolution; what cannot be resolved keeps its name.
 */
export function importRules(workspaces) {
  return [
    ...workspaces.flatMap((workspace) => directionRules(workspace, workspaces)),
    ...owners.map(ownerRule),
    ...structureRules(workspaces),
    ...vocabularyRules(),
  ];
}

function directionRules({ folder }, workspaces) {
  const name = folder.split('/')[1];
  const allowed = mayImport[folder];
  if (allowed === undefined) {
    const comment = `${folder} has no place in tooling/checks/layers.mjs yet: name there what it may import.`;
    return [forbid(`${name}-has-a-place`, comment, { path: `^${folder}/` }, {})];
  }
  const others = workspaces.filter((other) => other.folder !== folder);
  const closed = (open) => ({ path: others.filter((other) => !open.includes(other.folder)).flatMap(pathsOf) });
  const list = allowed.length === 0 ? 'no other package' : `only ${allowed.map(baseName).join(', ')}`;
  return [
    forbid(
      `${name}-direction`,
      `${folder} may import ${list}. Declare a port in packages/spec and let an app pass the implementation in.`,
      { path: `^${folder}/`, pathNot: testPath },
      closed(allowed),
    ),
    forbid(
      `${name}-test-direction`,
      `Tests of ${folder} may import what it may import itself, and ${forTests.map(baseName).join(', ')}.`,
      { path: `^${folder}/.*(${testPath})` },
      closed([...allowed, ...forTests]),
    ),
  ].filter((rule) => rule.to.path.length > 0);
}

function ownerRule({ name, modules, folders, tests, why }) {
  const open = folders.map((folder) => `^${folder}`);
  return forbid(
    name,
    why,
    { path: '^(apps|packages)/', pathNot: tests ? [...open, testPath] : open },
    { path: modules.map(modulePath) },
  );
}

function structureRules(workspaces) {
  const entries = workspaces.flatMap(entryPaths);
  return [
    forbid(
      'no-cycle',
      'Files that import each other in a circle cannot be read, tested or loaded apart: move the shared part out.',
      {},
      { circular: true },
    ),
    forbid(
      'no-inner-file',
      "Another package's inner files are its own business: import what its index.ts exports, by package name.",
      { path: '^(apps|packages)/([^/]+)/' },
      { path: '^(apps|packages)/', pathNot: ['^$1/$2/', ...entries] },
    ),
    forbid(
      'no-path-into-package',
      'Import another package by its name; a relative path passes by what its package.json declares.',
      { path: '^(apps|packages)/([^/]+)/' },
      { path: '^(apps|packages)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    ),
    forbid(
      'no-inner-file-from-tooling',
      'Tooling uses packages as anybody does: through index.ts or its build, dist/index.js, or through a main.ts.',
      { path: '^tooling/' },
      { path: '^(apps|packages)/', pathNot: [...entries, '/dist/index\\.js$', '/(src|dist)/main\\.(ts|js)$'] },
    ),
    forbid(
      'no-own-index',
      'index.ts is for others. Inside a package import the file itself, or the index becomes part of a circle.',
      { path: '^((?:apps|packages)/[^/]+)/' },
      { path: '^$1/src/index\\.ts$' },
    ),
    forbid(
      'no-test-code-in-product',
      'Code that ships does not import test code.',
      { path: '^(apps|packages)/', pathNot: testPath },
      { path: testPath, pathNot: 'node_modules' },
    ),
    forbid(
      'no-tooling-in-product',
      'Code that ships does not import tooling; it would be missing from an image.',
      { path: '^(apps|packages)/', pathNot: testPath },
      { path: '^tooling/' },
    ),
    forbid(
      'resolvable',
      'Nothing is found under this name: declare it in the package.json of the importing package, or mend the path.',
      {},
      { couldNotResolve: true, pathNot: '/dist/' },
    ),
  ];
}

/** `contracts` is loaded by browsers and by every process, so it stays free of Node and of libraries. */
function vocabularyRules() {
  const from = { path: '^packages/contracts/', pathNot: testPath };
  return [
    forbid(
      'contracts-imports-only-uuid',
      'packages/contracts is loaded by everything, browsers included: of external modules it may import only uuid.',
      from,
      { path: 'node_modules/', pathNot: modulePath('uuid') },
    ),
    forbid(
      'contracts-runs-anywhere',
      'packages/contracts is loaded by browsers too, so it uses no module of Node.',
      from,
      { dependencyTypes: ['core'] },
    ),
  ];
}

function forbid(name, comment, from, to) {
  return { name, severity: 'error', comment, from, to };
}

/** A workspace is met as a path when it is declared, and under its bare name when it is not. */
function pathsOf({ folder, manifest }) {
  return [`^${folder}/`, `^${manifest.name}(/|$)`];
}

function entryPaths({ folder, manifest }) {
  return Object.values(manifest.exports ?? {})
    .map((target) => target['troupe-source'])
    .filter((target) => target !== undefined)
    .map((target) => `^${folder}/${RegExp.escape(target.replace(/^\.\//, ''))}$`);
}

function modulePath(name) {
  return `(^|node_modules/)${name}(/|$)`;
}

function baseName(folder) {
  return folder.split('/')[1];
}
