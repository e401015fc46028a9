import { join } from 'node:path';
import { build, buildIsCurrent } from './build.mjs';
import { commandEnvironment } from './command-environment.mjs';
import { dependenciesAreInstalled, installDependencies } from './dependencies.mjs';
import { withPreparationLock } from './preparation-lock.mjs';
import { note } from './progress.mjs';
import { fetchNode, fetchPnpm, findNode, findPnpm } from './toolchain.mjs';

/**
 * Makes the workspace ready to run: Node, pnpm, packages, builds, each only where something changed.
 * @param {{ needsPnpm?: boolean }} options whether pnpm has to be on PATH afterwards even if nothing had to be installed
 * @returns the Node to run with and the environment that has the tools on PATH
 */
export async function prepare({ needsPnpm = false } = {}) {
  let nodeFolder = findNode();
  const isReady = () => nodeFolder !== undefined && dependenciesAreInstalled() && buildIsCurrent();
  let pnpmFolder;
  if (needsPnpm || !isReady()) {
    const started = Date.now();
    await withPreparationLock(async () => {
      nodeFolder = findNode() ?? (await fetchNode());
      if (!needsPnpm && isReady()) return;
      pnpmFolder = (await findPnpm(commandEnvironment([nodeFolder]))) ?? (await fetchPnpm());
      const env = commandEnvironment([nodeFolder, pnpmFolder]);
      if (!dependenciesAreInstalled()) await installDependencies(env);
      if (!buildIsCurrent()) await build(env);
    });
    const seconds = (Date.now() - started) / 1000;
    if (seconds > 1) note(`ready to run after ${seconds.toFixed(1)} s`);
  }
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return { node: join(nodeFolder, executable), env: commandEnvironment([nodeFolder, pnpmFolder]) };
}
