import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import { succeeds } from '../process/run-command.js';
import type { AccountOptions, PostgresAccount } from './postgres-account.js';
import { postgresEnvironment } from './postgres-environment.js';
import { prepareUnprivilegedAccount } from './unprivileged-account.js';

/**
 * PostgreSQL refuses to run as root, and initdb to run as a user without a name. In a user namespace the process sees
 * itself as an ordinary user while its files stay the caller's, and nothing on the machine changes. Where namespaces are
 * refused (containers often do), root starts it under an unprivileged user id instead.
 */
export async function choosePostgresAccount(options: AccountOptions): Promise<PostgresAccount> {
  const { binaries, clusterPath } = options;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasName()) return { prefix: [], native: binaries.native, clusterPath };

  const user = await findOrdinaryUser();
  const namespace = ['unshare', '--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--'];
  const [command = '', ...args] = namespace;
  if (await succeeds(command, [...args, 'true'], { env: postgresEnvironment(binaries) })) {
    return { prefix: namespace, native: binaries.native, clusterPath };
  }
  if (!isRoot) {
    throw new EmbeddedServiceError(
      `User id ${process.getuid?.()} has no name on this machine, and PostgreSQL's initdb needs one. ` +
        'Run as a user with an entry in /etc/passwd, or set DATABASE_URL.',
    );
  }
  return prepareUnprivilegedAccount(user, options);
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

/** Any user but root will do; `nobody` is last because files of unknown owners look like its own inside a namespace. */
async function findOrdinaryUser(): Promise<{ uid: number; gid: number }> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = text.split('\n').map((line) => {
    const [name, , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
  const ordinary = users.filter(({ uid, gid }) => uid > 0 && gid > 0);
  const user = ordinary.find(({ name }) => name !== 'nobody') ?? ordinary[0];
  return user ?? { uid: 65_534, gid: 65_534 };
}
