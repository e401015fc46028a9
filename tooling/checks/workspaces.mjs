import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The own workspaces below `root`: `{ folder: 'packages/spec', manifest }`, sorted by folder.
 * A folder without package.json is somebody's unfinished or leftover folder and no workspace, as for pnpm.
 */
export function listWorkspaces(root) {
  return ['apps', 'packages']
    .flatMap((parent) => subfolders(join(root, parent)).map((name) => `${parent}/${name}`))
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder, 'package.json')) }))
    .filter(({ manifest }) => manifest !== undefined)
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function subfolders(path) {
  return orUndefined(() => readdirSync(path)) ?? [];
}

function readManifest(path) {
  const text = orUndefined(() => readFileSync(path, 'utf8'));
  return text === undefined ? undefined : JSON.parse(text);
}

function orUndefined(read) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
