import { chown, cp, lchown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import type { PostgresAccount } from './postgres-account.js';

/**
 * Takes a cluster to where the account expects it, when an earlier start kept it elsewhere (namespaces were allowed
 * then and are refused now, or the other way round).
 */
export async function moveCluster(from: string, to: string): Promise<void> {
  if (from === to || !(await exists(join(from, 'PG_VERSION'))) || (await exists(to))) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o711 });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, `${to}.new`, { recursive: true, preserveTimestamps: true });
    await rename(`${to}.new`, to);
    await rm(from, { recursive: true });
  }
}

/** Gives a cluster to the user that is going to run it, when an earlier start ran it as another. */
export async function ensureClusterOwner({ clusterPath, uid, gid }: PostgresAccount): Promise<void> {
  const wanted = { uid: uid ?? process.getuid?.() ?? 0, gid: gid ?? process.getgid?.() ?? 0 };
  const { uid: owner } = await stat(clusterPath);
  if (owner === wanted.uid) return;
  if (process.getuid?.() !== 0) {
    throw new EmbeddedServiceError(
      `The database in ${clusterPath} belongs to user id ${owner}. Start as that user or as root, or name another ` +
        'folder in TROUPE_DATA_DIR.',
    );
  }
  await chown(clusterPath, wanted.uid, wanted.gid);
  const entries = await readdir(clusterPath, { recursive: true });
  for (const entry of entries) await lchown(join(clusterPath, entry), wanted.uid, wanted.gid);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
