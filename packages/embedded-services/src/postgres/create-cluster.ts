import { appendFile, chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writePrivateFile } from '../data-dir/write-private-file.js';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import { CommandError, runCommand, succeeds } from '../process/run-command.js';
import { ensureClusterOwner } from './place-cluster.js';
import type { PostgresAccount } from './postgres-account.js';

export interface CreateClusterOptions {
  account: PostgresAccount;
  env: NodeJS.ProcessEnv;
  majorVersion: string;
  superuserPassword: string;
  durable: boolean;
}

/** Runs initdb unless the cluster exists. An interrupted one leaves nothing that a later start would take for a cluster. */
export async function ensureCluster(options: CreateClusterOptions): Promise<'created' | 'present'> {
  const { clusterPath } = options.account;
  const version = await readFile(join(clusterPath, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version === undefined) {
    await createCluster(options);
    return 'created';
  }
  if (version.trim() !== options.majorVersion) {
    throw new EmbeddedServiceError(
      `The database in ${clusterPath} was made by PostgreSQL ${version.trim()}, this is ${options.majorVersion}. ` +
        'Dump it with the old version and restore it into a new data folder.',
    );
  }
  await ensureClusterOwner(options.account);
  return 'present';
}

async function createCluster({ account, env, superuserPassword, durable }: CreateClusterOptions): Promise<void> {
  const parent = dirname(account.clusterPath);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  await removeInterrupted(account.clusterPath);
  const building = `${account.clusterPath}.new`;
  const passwordFile = `${building}.password`;
  await writePrivateFile(passwordFile, superuserPassword);
  await mkdir(building, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(building, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const run = (program: string, args: string[]) => {
    const [command = '', ...rest] = [...account.prefix, join(account.native, 'bin', program), ...args];
    return { command, args: rest, options: { env, cwd: parent, uid: account.uid, gid: account.gid } };
  };
  try {
    const initdb = run('initdb', [
      `--pgdata=${building}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ]);
    await runCommand(initdb.command, initdb.args, initdb.options);
    const probe = run('postgres', [
      '-D',
      building,
      '-C',
      'default_toast_compression',
      '-c',
      'default_toast_compression=lz4',
    ]);
    if (await succeeds(probe.command, probe.args, probe.options)) {
      await appendFile(join(building, 'postgresql.conf'), '\ndefault_toast_compression = lz4\n');
    }
    await rename(building, account.clusterPath);
  } catch (error) {
    const output = error instanceof CommandError ? error.output : (error as Error).message;
    throw new EmbeddedServiceError(
      `PostgreSQL could not create its data folder ${account.clusterPath}:\n${output}\n` +
        'Remove the cause, or start a PostgreSQL yourself and set DATABASE_URL. (The embedded one is built for glibc; ' +
        'on Alpine and other musl systems it cannot run.)',
      { cause: error },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function removeInterrupted(clusterPath: string): Promise<void> {
  const prefix = `${basename(clusterPath)}.new`;
  const entries = await readdir(dirname(clusterPath));
  for (const entry of entries) {
    if (entry.startsWith(prefix)) await rm(join(dirname(clusterPath), entry), { recursive: true, force: true });
  }
}
