import { join } from 'node:path';
import { writePidFile } from '../data-dir/pid-files.js';
import type { ServiceSettings } from '../data-dir/service-settings.js';
import type { EmbeddedOptions, EmbeddedService } from '../embedded-service.js';
import { KeptService } from '../kept-service.js';
import { findRedisServer } from './find-redis-server.js';
import { startRedis } from './start-redis.js';

/** Starts Redis on the data folder, fetching it first where the machine has none. Updates the settings. */
export async function startEmbeddedRedis(
  settings: ServiceSettings['redis'],
  { layout, durable, onProgress, redisPackage }: EmbeddedOptions & { redisPackage?: string },
): Promise<EmbeddedService> {
  const server = await findRedisServer({ packageFolder: redisPackage ?? layout.redisPackage, onProgress });
  const start = async (port: number) => {
    const running = await startRedis({
      server,
      folder: layout.redis,
      pidFile: join(layout.pids, 'redis.pid'),
      log: layout.redisLog,
      port,
      password: settings.password,
      durable,
    });
    await writePidFile(layout.pids, 'redis', running.pid);
    return running;
  };
  const service = new KeptService({ name: 'Redis', start, onProgress });
  const port = await service.start(settings.port);
  settings.port = port;
  return { url: `redis://:${settings.password}@127.0.0.1:${port}`, service };
}
