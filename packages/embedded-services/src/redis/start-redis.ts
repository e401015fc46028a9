import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePrivateFile } from '../data-dir/write-private-file.js';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import { endProcess } from '../process/end-process.js';
import { redisEnding } from '../process/ending-steps.js';
import { logTail } from '../process/log-tail.js';
import { spawnService } from '../process/spawn-service.js';
import type { RunningService } from '../running-service.js';
import { pingRedis } from './ping-redis.js';
import { redisConfiguration } from './redis-configuration.js';
import type { RedisServer } from './redis-server.js';

export interface StartRedisOptions {
  server: RedisServer;
  folder: string;
  pidFile: string;
  log: string;
  port: number;
  password: string;
  durable: boolean;
}

/** Reading a large append-only file takes long; nothing else does. In milliseconds. */
const READY_TIMEOUT_MS = 180_000;

/** Starts a server and waits until it has read its data and answers. */
export async function startRedis({ server, log, ...options }: StartRedisOptions): Promise<RunningService> {
  const { folder, port, password } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const configuration = join(folder, 'redis.conf');
  await writePrivateFile(configuration, redisConfiguration(options));
  const { child, ended } = spawnService({ command: server.command, args: [...server.args, configuration], log });
  child.unref();
  const { pid } = child;
  let reason: string | undefined;
  void ended.then((text) => {
    reason = text;
  });

  const started = Date.now();
  while (pid === undefined || (await pingRedis(port, password)) !== 'ready') {
    if (reason !== undefined || Date.now() - started > READY_TIMEOUT_MS) {
      if (pid !== undefined) await endProcess(pid, redisEnding);
      throw new EmbeddedServiceError(
        `Redis did not start (${reason ?? 'no answer'}). The end of ${log}:\n${await logTail(log)}`,
      );
    }
    await sleep(5);
  }
  return {
    pid,
    ended,
    stop: async () => {
      // Somebody who waits for the end must not run out of things to wait for before it is noticed.
      child.ref();
      await endProcess(pid, redisEnding);
      await ended;
    },
  };
}
