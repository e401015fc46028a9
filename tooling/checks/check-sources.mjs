// Rules about what stands in a source file: where the environment is read, and that an index names its exports.
// `node tooling/checks/check-sources.mjs [root]`
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { listSourceFiles } from './source-files.mjs';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));

/**
 * packages/testing and e2e tests start processes and pass the environment on; services tests learn from it where the
 * services of the test run are.
 */
// The command line has no settings of a server to validate: its main.ts hands the environment on in one line.
const mayReadEnvironment =
  /^packages\/(config|testing|failpoints\/armed)\/|^packages\/client\/src\/cli\/main\.ts$|\.(services|e2e)\.test\.ts$|^(apps|packages)\/[^/]+\/e2e\//;
const isIndex = /^(apps|packages)\/[^/]+\/src\/index\.ts$/;

const environmentRule =
  'environment-only-in-config: settings are read and validated once, in packages/config; take an option instead.';
const exportRule =
  'named-exports: an index.ts names what it exports, so that the surface of a package is read in one place.';

let found = 0;
for (const { path, text } of listSourceFiles(root)) {
  const checksEnvironment = !mayReadEnvironment.test(path) && /\benv\b/.test(text);
  const checksExports = isIndex.test(path);
  if (!checksEnvironment && !checksExports) continue;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  if (checksEnvironment) visit(file, (node) => readsEnvironment(node) && report(file, node, environmentRule));
  if (checksExports) visit(file, (node) => exportsEverything(node) && report(file, node, exportRule));
}
process.exitCode = found > 0 ? 1 : 0;

function readsEnvironment(node) {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression);
  if (ts.isElementAccessExpression(node)) {
    return (
      ts.isStringLiteralLike(node.argumentExpression) &&
      node.argumentExpression.text === 'env' &&
      isProcess(node.expression)
    );
  }
  if (ts.isVariableDeclaration(node)) {
    return (
      node.initializer !== undefined &&
      isProcess(node.initializer) &&
      ts.isObjectBindingPattern(node.name) &&
      node.name.elements.some((element) => (element.propertyName ?? element.name).getText() === 'env')
    );
  }
  if (ts.isImportSpecifier(node)) {
    const from = node.parent.parent.parent.moduleSpecifier.text;
    return (node.propertyName ?? node.name).text === 'env' && (from === 'node:process' || from === 'process');
  }
  return false;
}

function isProcess(node) {
  return (
    (ts.isIdentifier(node) && node.text === 'process') ||
    (ts.isPropertyAccessExpression(node) && node.name.text === 'process' && node.expression.getText() === 'globalThis')
  );
}

function exportsEverything(node) {
  return ts.isExportDeclaration(node) && (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause));
}

function visit(node, see) {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function report(file, node, rule) {
  found += 1;
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  console.log(`${file.fileName}:${line + 1}\n  ${rule}`);
}
