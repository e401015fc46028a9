import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../process/run-command.js';

/** apt-get asks a mirror; a dead one must not hold a start for longer than this, in milliseconds. */
const APT_TIMEOUT_MS = 120_000;

/**
 * Downloads the distribution's own redis-server with what it needs and this machine lacks, and unpacks it. apt verifies the
 * signatures; nothing is installed, no root is needed, and apt's own lists and caches stay as they are.
 */
export async function unpackRedisPackage(target: string, onProgress: (message: string) => void): Promise<void> {
  onProgress("fetching Redis from this distribution's package archive");
  const work = `${target}.${process.pid}`;
  // Whatever lies here did not run: unpacked for another release of the distribution, or not to its end.
  await rm(target, { recursive: true, force: true });
  try {
    await mkdir(join(work, 'lists', 'partial'), { recursive: true });
    await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
    const own = [
      `Dir::State::lists=${work}/lists`,
      `Dir::Cache=${work}/cache`,
      // apt would drop root's rights for downloading, and then not reach a folder that only its owner may enter.
      'APT::Sandbox::User=',
      // The lock protects installing, which root alone could do.
      'Debug::NoLocking=1',
      'Acquire::Retries=2',
      'Acquire::http::Timeout=20',
      'Acquire::Languages=none',
    ].flatMap((option) => ['-o', option]);
    const apt = (...args: string[]) => runCommand('apt-get', ['-q', ...own, ...args], { timeout: APT_TIMEOUT_MS });
    await apt('update');
    await apt('install', '--yes', '--download-only', '--no-install-recommends', 'redis-server');

    const archives = join(work, 'cache', 'archives');
    for (const file of await readdir(archives)) {
      if (file.endsWith('.deb')) await runCommand('dpkg-deb', ['-x', join(archives, file), join(work, 'unpacked')]);
    }
    await rename(join(work, 'unpacked'), target).catch((error: NodeJS.ErrnoException) => {
      // Another start on this machine was faster; its copy is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
