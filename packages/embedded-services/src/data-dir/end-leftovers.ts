import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import { type EndingStep, endProcess } from '../process/end-process.js';
import { appEnding, postgresEnding, redisEnding } from '../process/ending-steps.js';
import { belongsTo, isRunning } from '../process/process-identity.js';
import type { DataDirLayout } from './data-dir-layout.js';
import { readPidFiles, removePidFile } from './pid-files.js';

const serviceEndings: Readonly<Record<string, readonly EndingStep[]>> = {
  postgres: postgresEnding,
  redis: redisEnding,
};

/**
 * Ends what a killed launcher left behind on this data folder, apps before the services that they use. Two servers on one
 * folder would destroy it: Redis, for one, opens an append-only file that another Redis is writing without complaint.
 * @param clusterPath where the PostgreSQL cluster lies
 */
export async function endLeftovers(
  layout: DataDirLayout,
  clusterPath: string,
  onProgress: (message: string) => void,
): Promise<void> {
  const noted = await readPidFiles(layout.pids);
  const postmaster = await readPostmaster(clusterPath);
  if (postmaster !== undefined && !noted.some(({ pid }) => pid === postmaster)) {
    noted.push({ name: 'postgres', pid: postmaster });
  }

  const folders = [layout.root, clusterPath];
  const leftovers = noted.filter(({ pid }) => pid !== process.pid && isRunning(pid) && belongsTo(pid, folders));
  const isService = ({ name }: { name: string }) => name in serviceEndings;
  for (const group of [leftovers.filter((one) => !isService(one)), leftovers.filter(isService)]) {
    await Promise.all(
      group.map(async ({ name, pid }) => {
        onProgress(`ending ${name} (process ${pid}), left behind by an earlier start`);
        if (await endProcess(pid, serviceEndings[name] ?? appEnding)) return;
        throw new EmbeddedServiceError(
          `${name} (process ${pid}), left behind by an earlier start on ${layout.root}, does not end. End it by hand.`,
        );
      }),
    );
  }
  await Promise.all(noted.map(({ name }) => removePidFile(layout.pids, name)));
}

async function readPostmaster(clusterPath: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(join(clusterPath, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
