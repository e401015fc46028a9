import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapFailure } from './failure.mjs';
import { stage } from './progress.mjs';
import { runCaptured } from './run-captured.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { workspaceRoot } from './workspace.mjs';

const skippedFolders = new Set(['node_modules', 'dist', '.turbo', 'coverage']);

/** Whether the last build still fits; asked at every start, so it looks at times and sizes and reads no source. */
export function buildIsCurrent() {
  return readStamp('build') === sourceStamp() && builtPackages().every((folder) => existsSync(join(folder, 'dist')));
}

export async function build(env) {
  const stamp = sourceStamp();
  await stage('building what changed', async () => {
    const turbo = join(workspaceRoot, 'node_modules', '.bin', 'turbo');
    const args = ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'];
    const { code, output } = await runCaptured(turbo, args, { env, cwd: workspaceRoot });
    if (code !== 0) throw new BootstrapFailure('The build failed; the output is above.', output);
  });
  writeStamp('build', stamp);
}

/** Tests are left out: they are no part of a build. */
function sourceStamp() {
  const hash = createHash('sha256');
  const files = ['tsconfig.json', 'turbo.json', 'pnpm-lock.yaml'].map((file) => join(workspaceRoot, file));
  for (const folder of ['apps', 'packages', 'tooling/build']) collectFiles(join(workspaceRoot, folder), files);
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function collectFiles(folder, files) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) collectFiles(join(folder, entry.name), files);
    else if (entry.isFile() && !entry.name.includes('.test.')) files.push(join(folder, entry.name));
  }
}

function builtPackages() {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(workspaceRoot, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(workspaceRoot, group, entry.name))
      .filter((folder) => hasBuildScript(join(folder, 'package.json'))),
  );
}

function hasBuildScript(file) {
  return existsSync(file) && Boolean(JSON.parse(readFileSync(file, 'utf8')).scripts?.build);
}
