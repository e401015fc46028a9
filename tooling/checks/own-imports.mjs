import ts from 'typescript';
import { listSourceFiles } from './source-files.mjs';

/**
 * Every import of an own package in the sources of the workspaces, type imports included:
 * `{ path: 'packages/spec/src/tool.ts', folder: 'packages/spec', name: '@troupe/contracts' }`.
 */
export function listOwnImports(root) {
  return listSourceFiles(root).flatMap((file) =>
    ts
      .preProcessFile(file.text, true, false)
      .importedFiles.map(({ fileName }) => /^(@troupe\/[^/]+|troupe)(\/|$)/.exec(fileName)?.[1])
      .filter((name) => name !== undefined)
      .map((name) => ({ path: file.path, folder: file.folder, name })),
  );
}
