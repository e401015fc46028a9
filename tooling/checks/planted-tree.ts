import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Our own packages by folder, as they would be in a workspace, with what they declare. */
type Workspaces = Record<string, { dependencies?: Record<string, string>; [field: string]: unknown }>;

export interface PlantedTree {
  root: string;
  /** Runs a check of this folder over the tree, with the given additions to the environment. */
  run(
    check: string,
    options?: string[],
    environment?: Record<string, string>,
  ): { status: number | null; output: string };
  remove(): void;
}

/**
 * A small repository in a temporary folder: workspaces with a correct package.json each, changed by the given fields,
 * linked under node_modules as pnpm does; `vendors` are empty external modules; `files` are texts by path.
 */
export function plantTree(workspaces: Workspaces, files: Record<string, string>, vendors: string[] = []): PlantedTree {
  const root = mkdtempSync(join(tmpdir(), 'troupe-planted-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [folder, fields] of Object.entries(workspaces)) {
    const name = `@troupe/${folder.split('/')[1]}`;
    write(`${folder}/package.json`, JSON.stringify({ ...correctManifest, name, ...fields }));
    mkdirSync(join(root, 'node_modules/@troupe'), { recursive: true });
    symlinkSync(join(root, folder), join(root, 'node_modules', name));
  }
  for (const vendor of vendors) {
    write(`node_modules/${vendor}/package.json`, JSON.stringify({ name: vendor, main: 'index.js' }));
    write(`node_modules/${vendor}/index.js`, '');
  }
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    run(check, options = [], environment = {}) {
      const script = join(import.meta.dirname, `${check}.mjs`);
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...options, root], {
        encoding: 'utf8',
        env: { ...process.env, ...environment },
      });
      return { status, output: stdout + stderr };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const correctManifest = {
  description: 'A planted package.',
  license: 'Apache-2.0',
  type: 'module',
  exports: { '.': { 'troupe-source': './src/index.ts', default: './dist/index.js' } },
};
