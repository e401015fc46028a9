import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServices } from '../../../packages/embedded-services/src/index.js';
import { pin } from './cores.js';
import { readProcesses, treeOf } from './proc.js';

/** Fresh PostgreSQL and Redis with the durability of a real installation: commits are on disk, Redis appends to its file. */
export interface Databases {
  databaseUrl: string;
  redisUrl: string;
  /** Of the processes under which all others of the server are. */
  pids: { postgres: number; redis: number };
  /** A folder for this run. */
  folder: string;
  stop(): Promise<void>;
}

export async function startDatabases(
  core: number | undefined,
  onProgress: (message: string) => void,
): Promise<Databases> {
  const parent = join(tmpdir(), `troupe-bench-${process.getuid?.() ?? 0}`);
  mkdirSync(parent, { recursive: true, mode: 0o711 });
  const folder = mkdtempSync(join(parent, 'run-'));
  const services = await startEmbeddedServices({
    dataDir: join(folder, 'data'),
    redisPackage: join(parent, 'redis-package'),
    onProgress,
  });
  const { postgres = 0, redis = 0 } = services.pids;
  const rows = readProcesses();
  for (const row of [...treeOf(rows, postgres), ...treeOf(rows, redis)]) pin(row.pid, core);
  return {
    databaseUrl: String(services.databaseUrl),
    redisUrl: String(services.redisUrl),
    pids: { postgres, redis },
    folder,
    stop: async () => {
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
