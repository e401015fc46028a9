import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolchainFolder } from './workspace.mjs';

/** Remembers what a finished stage was done for, so that the next start can tell whether it is still good. */
export function readStamp(name) {
  try {
    return readFileSync(join(toolchainFolder, `${name}.stamp`), 'utf8');
  } catch {
    return undefined;
  }
}

export function writeStamp(name, text) {
  mkdirSync(toolchainFolder, { recursive: true });
  const path = join(toolchainFolder, `${name}.stamp`);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
