import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listWorkspaces } from './workspaces.mjs';

/** The TypeScript files of all workspaces: `{ path, folder, text }`, path relative to `root` with forward slashes. */
export function listSourceFiles(root) {
  return listWorkspaces(root).flatMap(({ folder }) =>
    globSync('{src,e2e}/**/*.{ts,tsx,mts}', { cwd: join(root, folder) })
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .sort()
      .map((path) => ({ path, folder, text: readFileSync(join(root, path), 'utf8') })),
  );
}
