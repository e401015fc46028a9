import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AccountOptions, PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** For binaries and clusters that an unprivileged user could not reach otherwise; only root gets here. */
const SHARED_FOLDER = '/var/lib/troupe';

/**
 * For root where user namespaces are refused: PostgreSQL runs under another user id, on binaries and a cluster that this
 * user can reach. Both stay where they are if it can, else they go to a shared folder.
 */
export async function prepareUnprivilegedAccount(
  user: { uid: number; gid: number },
  options: AccountOptions,
): Promise<PostgresAccount> {
  const { binaries, dataDir, onProgress } = options;
  let { native } = binaries;
  if (!(await canBeEntered(native))) {
    native = join(SHARED_FOLDER, `postgresql-${binaries.build}`);
    await copyBinaries(binaries, native);
  }
  // The parents of the data folder are not ours to open; the folder itself is.
  let { clusterPath } = options;
  if (await canBeEntered(dirname(dataDir))) {
    await chmod(dataDir, 0o711);
  } else {
    const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
    clusterPath = join(SHARED_FOLDER, 'clusters', name);
    onProgress(`the database goes to ${clusterPath}: user id ${user.uid} cannot enter ${dataDir}`);
  }
  return { prefix: [], ...user, native, clusterPath };
}

/** Whether users other than the owner may pass through the folder and everything above it. */
async function canBeEntered(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return folder === dirname(folder) ? true : canBeEntered(dirname(folder));
}

async function copyBinaries({ native }: PostgresBinaries, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  const exists = await stat(target).catch(() => undefined);
  if (exists) return;
  const copy = `${target}.${process.pid}`;
  await cp(native, copy, { recursive: true, verbatimSymlinks: false, dereference: true });
  await rename(copy, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(copy, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
