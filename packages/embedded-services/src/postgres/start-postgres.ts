import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import { endProcess } from '../process/end-process.js';
import { postgresEnding } from '../process/ending-steps.js';
import { logTail } from '../process/log-tail.js';
import { spawnService } from '../process/spawn-service.js';
import type { RunningService } from '../running-service.js';
import type { PostgresAccount } from './postgres-account.js';
import { postgresSettings } from './postgres-settings.js';
import { isPostmasterReady, removeStalePostmasterFile } from './postmaster-file.js';

export interface StartPostgresOptions {
  account: PostgresAccount;
  env: NodeJS.ProcessEnv;
  port: number;
  log: string;
  durable: boolean;
  onProgress(message: string): void;
}

/** Replaying the log after a crash may take long; nothing else does. In milliseconds. */
const READY_TIMEOUT_MS = 180_000;
const SAY_SO_AFTER_MS = 3000;

/** Starts a server on an existing cluster and waits until it accepts connections. */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningService> {
  const { account, env, port, log, durable, onProgress } = options;
  const { clusterPath } = account;
  await removeStalePostmasterFile(clusterPath);
  const [command = '', ...args] = [
    ...account.prefix,
    join(account.native, 'bin', 'postgres'),
    '-D',
    `${clusterPath}/`,
    ...postgresSettings({ port, durable }),
  ];
  const { child, ended } = spawnService({ command, args, log, env, cwd: '/', uid: account.uid, gid: account.gid });
  child.unref();
  const { pid } = child;
  let reason: string | undefined;
  void ended.then((text) => {
    reason = text;
  });

  const started = Date.now();
  let said = false;
  while (pid === undefined || !(await isPostmasterReady(clusterPath, pid))) {
    if (reason !== undefined || Date.now() - started > READY_TIMEOUT_MS) {
      if (pid !== undefined) await endProcess(pid, postgresEnding);
      throw new EmbeddedServiceError(
        `PostgreSQL did not start (${reason ?? 'no answer'}). The end of ${log}:\n${await logTail(log)}`,
      );
    }
    if (!said && Date.now() - started > SAY_SO_AFTER_MS) {
      said = true;
      onProgress('PostgreSQL is recovering after an unclean end');
    }
    await sleep(5);
  }
  return {
    pid,
    ended,
    stop: async () => {
      // Somebody who waits for the end must not run out of things to wait for before it is noticed.
      child.ref();
      await endProcess(pid, postgresEnding);
      await ended;
    },
  };
}
