import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedServiceError } from '../embedded-service-error.js';

/** Where everything lies below a data folder. All paths are absolute and free of symbolic links. */
export interface DataDirLayout {
  root: string;
  lock: string;
  /** One `<name>.pid` a process, holding its id and nothing else. */
  pids: string;
  /** Ports and passwords of the embedded services; readable by the owner only. */
  services: string;
  postgres: string;
  postgresLog: string;
  redis: string;
  redisLog: string;
  /** A Redis unpacked from the distribution's package. */
  redisPackage: string;
}

/** Creates the folder (0700) where it does not exist. */
export async function openDataDir(dataDir: string): Promise<DataDirLayout> {
  try {
    await mkdir(join(dataDir, 'pids'), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new EmbeddedServiceError(
      `The data folder ${dataDir} cannot be written (${(error as Error).message}). ` +
        'Make it writable for this user or name another one in TROUPE_DATA_DIR.',
      { cause: error },
    );
  }
  const root = await realpath(dataDir);
  return {
    root,
    lock: join(root, 'lock'),
    pids: join(root, 'pids'),
    services: join(root, 'services.json'),
    postgres: join(root, 'postgres'),
    postgresLog: join(root, 'postgres.log'),
    redis: join(root, 'redis'),
    redisLog: join(root, 'redis.log'),
    redisPackage: join(root, 'redis-package'),
  };
}
