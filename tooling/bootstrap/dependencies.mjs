import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapFailure } from './failure.mjs';
import { stage } from './progress.mjs';
import { runCaptured } from './run-captured.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { explainNetwork } from './toolchain.mjs';
import { workspaceRoot } from './workspace.mjs';

export function dependenciesAreInstalled() {
  return readStamp('dependencies') === wantedStamp() && existsSync(join(workspaceRoot, 'node_modules', '.pnpm'));
}

export async function installDependencies(env) {
  await stage('installing packages', async () => {
    const args = ['install', '--frozen-lockfile', '--reporter=append-only', '--config.confirmModulesPurge=false'];
    const { code, output } = await runCaptured('pnpm', args, { env, cwd: workspaceRoot });
    if (code !== 0)
      throw new BootstrapFailure(`The packages could not be installed. ${explainNetwork(output)}`, output);
  });
  writeStamp('dependencies', wantedStamp());
}

/** The lockfile says which packages; the settings say how they are laid out. The platform guards a copied folder. */
function wantedStamp() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(workspaceRoot, file)));
  return `${hash.digest('hex')} ${process.platform}-${process.arch} ${workspaceRoot}`;
}
