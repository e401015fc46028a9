import { type DataDirLayout, openDataDir } from './data-dir/data-dir-layout.js';
import { DataDirLock } from './data-dir/data-dir-lock.js';
import { endLeftovers } from './data-dir/end-leftovers.js';
import { removePidFile } from './data-dir/pid-files.js';
import { requireSpace } from './data-dir/require-space.js';
import { readServiceSettings, writeServiceSettings } from './data-dir/service-settings.js';
import type { EmbeddedService } from './embedded-service.js';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { startEmbeddedRedis } from './redis/embedded-redis.js';

export interface EmbeddedServicesOptions {
  /** Everything that is stored goes here; created when absent. */
  dataDir: string;
  /** False when a server outside is used (DATABASE_URL). Default true. */
  postgres?: boolean;
  /** False when a server outside is used (REDIS_URL). Default true. */
  redis?: boolean;
  /** False for throw-away data: nothing is forced to disk, Redis stores nothing. Default true. */
  durable?: boolean;
  /** Where a downloaded Redis is kept, when several data folders share one. Default: inside the data folder. */
  redisPackage?: string;
  /** Called once the folder is this process's own, before anything is started on it; its error gives the folder back. */
  onFolderTaken?(): Promise<void>;
  /** Receives one line for each thing that takes time or went wrong and was dealt with. */
  onProgress?(message: string): void;
}

export interface EmbeddedServices {
  /** Absent when PostgreSQL was left out. The role owns its database and is no superuser. */
  databaseUrl?: string;
  /** Absent when Redis was left out. */
  redisUrl?: string;
  /** Absolute path of the data folder, and of the one in it where `<name>.pid` files are noted. */
  dataDir: string;
  pidsDir: string;
  /** Process ids as they are now: a service that ends is started again. */
  readonly pids: { postgres?: number; redis?: number };
  /** What somebody who starts a second server on this data folder is told. */
  setAddress(address: string): Promise<void>;
  /** From here on a second start waits for this one to end instead of being refused. `stop` does it, too. */
  setStopping(): Promise<void>;
  /** Ends both and frees the data folder; at most 8 s. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Takes the data folder for this process, ends leftovers of an earlier one, and starts the servers on 127.0.0.1.
 * Throws `DataDirInUseError` when a live process holds the folder and `EmbeddedServiceError` when a server cannot be started.
 */
export async function startEmbeddedServices(options: EmbeddedServicesOptions): Promise<EmbeddedServices> {
  const { onProgress = () => undefined } = options;
  const layout = await openDataDir(options.dataDir);
  const lock = await DataDirLock.acquire(layout);
  try {
    await options.onFolderTaken?.();
    return await startOnLockedDataDir(layout, lock, { ...options, onProgress });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startOnLockedDataDir(
  layout: DataDirLayout,
  lock: DataDirLock,
  options: EmbeddedServicesOptions & { onProgress(message: string): void },
): Promise<EmbeddedServices> {
  const { postgres = true, redis = true, durable = true, redisPackage, onProgress } = options;
  const settings = await readServiceSettings(layout.services);
  await endLeftovers(layout, settings.postgres.clusterPath ?? layout.postgres, onProgress);
  if (postgres && !settings.postgres.databaseCreated) await requireSpace(layout.root);
  await writeServiceSettings(layout.services, settings);

  const common = { layout, durable, onProgress };
  const starts = await Promise.allSettled([
    postgres ? startEmbeddedPostgres(settings.postgres, common) : undefined,
    redis ? startEmbeddedRedis(settings.redis, { ...common, redisPackage }) : undefined,
  ]);
  const [database, queue] = starts.map((start) => (start.status === 'fulfilled' ? start.value : undefined));
  const stopAll = () => Promise.all([stopService(layout, 'postgres', database), stopService(layout, 'redis', queue)]);
  const failure = starts.find((start) => start.status === 'rejected');
  if (failure) {
    await stopAll();
    throw failure.reason;
  }
  await writeServiceSettings(layout.services, settings);

  let stopped: Promise<void> | undefined;
  return {
    databaseUrl: database?.url,
    redisUrl: queue?.url,
    dataDir: layout.root,
    pidsDir: layout.pids,
    get pids() {
      return { postgres: database?.service.pid, redis: queue?.service.pid };
    },
    setAddress: (address) => lock.setAddress(address),
    setStopping: () => lock.setStopping(),
    stop: () => {
      stopped ??= lock
        .setStopping()
        .then(stopAll)
        .then(() => lock.release());
      return stopped;
    },
  };
}

async function stopService(
  layout: DataDirLayout,
  name: 'postgres' | 'redis',
  started: EmbeddedService | undefined,
): Promise<void> {
  if (!started) return;
  await started.service.stop();
  await removePidFile(layout.pids, name);
}
