import { join } from 'node:path';
import { writePidFile } from '../data-dir/pid-files.js';
import type { ServiceSettings } from '../data-dir/service-settings.js';
import type { EmbeddedOptions, EmbeddedService } from '../embedded-service.js';
import { KeptService } from '../kept-service.js';
import { choosePostgresAccount } from './choose-postgres-account.js';
import { ensureCluster } from './create-cluster.js';
import { createDatabase } from './create-database.js';
import { moveCluster } from './place-cluster.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { postgresEnvironment } from './postgres-environment.js';
import { startPostgres } from './start-postgres.js';

/** Starts PostgreSQL on the data folder, creating cluster, role and database the first time. Updates the settings. */
export async function startEmbeddedPostgres(
  settings: ServiceSettings['postgres'],
  { layout, durable, onProgress }: EmbeddedOptions,
): Promise<EmbeddedService> {
  const binaries = await findPostgresBinaries(join(layout.root, 'postgres-libraries'));
  const env = postgresEnvironment(binaries);
  const account = await choosePostgresAccount({
    binaries,
    dataDir: layout.root,
    clusterPath: layout.postgres,
    onProgress,
  });
  await moveCluster(settings.clusterPath ?? layout.postgres, account.clusterPath);
  settings.clusterPath = account.clusterPath;
  const cluster = await ensureCluster({
    account,
    env,
    majorVersion: binaries.majorVersion,
    superuserPassword: settings.superuserPassword,
    durable,
  });
  if (cluster === 'created') {
    settings.databaseCreated = false;
    onProgress('created a PostgreSQL database');
  }

  const start = async (port: number) => {
    const running = await startPostgres({ account, env, port, log: layout.postgresLog, durable, onProgress });
    await writePidFile(layout.pids, 'postgres', running.pid);
    return running;
  };
  const service = new KeptService({ name: 'PostgreSQL', start, onProgress });
  const port = await service.start(settings.port);
  settings.port = port;
  if (!settings.databaseCreated) {
    try {
      await createDatabase({ port, superuserPassword: settings.superuserPassword, password: settings.password });
    } catch (error) {
      await service.stop();
      throw error;
    }
    settings.databaseCreated = true;
  }
  return { url: `postgresql://troupe:${settings.password}@127.0.0.1:${port}/troupe`, service };
}
