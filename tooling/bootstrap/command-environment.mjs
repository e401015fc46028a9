import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { toolchainFolder } from './workspace.mjs';

/**
 * The environment of the commands that the bootstrap runs: our tools first on PATH, no telemetry, and a home folder that can
 * be written, because npm, pnpm and turbo keep their caches there (service users often have none).
 */
export function commandEnvironment(binFolders) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  env.PATH = [...binFolders, process.env.PATH].filter(Boolean).join(delimiter);
  if (!isWritable(homedir())) {
    env.HOME = join(toolchainFolder, 'home');
    mkdirSync(env.HOME, { recursive: true });
    for (const name of Object.keys(env)) if (/^(npm_config_cache|XDG_.*_HOME|PNPM_HOME)$/i.test(name)) delete env[name];
  }
  return env;
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
