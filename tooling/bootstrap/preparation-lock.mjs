import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BootstrapFailure } from './failure.mjs';
import { isRunning } from './processes.mjs';
import { note } from './progress.mjs';
import { toolchainFolder } from './workspace.mjs';

/** Longer than any installation, in milliseconds. */
const WAIT_LIMIT_MS = 10 * 60_000;

/** Lets one process at a time change the toolchain, node_modules and the builds; others wait for it. */
export async function withPreparationLock(work) {
  const path = join(toolchainFolder, 'lock');
  makeToolchainFolder();
  const deadline = Date.now() + WAIT_LIMIT_MS;
  let said = false;
  while (!take(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && !isRunning(holder)) {
      removeStale(path, holder);
      continue;
    }
    if (Date.now() > deadline) {
      throw new BootstrapFailure(
        `Process ${holder} has been preparing this folder for 10 minutes. End it, or delete ${path}.`,
      );
    }
    if (!said) note(`waiting for process ${holder}, which is preparing this folder`);
    said = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function makeToolchainFolder() {
  try {
    mkdirSync(toolchainFolder, { recursive: true });
    writeFileSync(join(toolchainFolder, `write-test.${process.pid}`), '');
    rmSync(join(toolchainFolder, `write-test.${process.pid}`));
  } catch (error) {
    throw new BootstrapFailure(
      `Nothing can be written to ${toolchainFolder} (${error.code}). The first start installs and builds inside this folder: ` +
        'make it writable for this user, or copy it to a place that is.',
    );
  }
}

/** A hard link appears with its content or not at all. */
function take(path) {
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, String(process.pid));
  try {
    linkSync(candidate, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(candidate, { force: true });
  }
}

function readHolder(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Moves the lock aside before deleting it; if somebody else's new one was caught, it is put back. */
function removeStale(path, holder) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readHolder(aside) !== holder && !existsSync(path)) renameSync(aside, path);
  else rmSync(aside, { force: true });
}
