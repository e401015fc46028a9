import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedServiceError } from '../embedded-service-error.js';
import { runCommand } from '../process/run-command.js';
import type { RedisServer } from './redis-server.js';
import { unpackRedisPackage } from './unpack-redis-package.js';

export interface FindRedisOptions {
  /** Where an unpacked package lies or will lie. */
  packageFolder: string;
  /** False to leave out the executables on PATH. */
  usePath?: boolean;
  onProgress(message: string): void;
}

/** BullMQ warns below 6.2. */
const OLDEST_VERSION = [6, 2] as const;

/** Looks on PATH, then unpacks the distribution's own package. Throws with instructions when neither works. */
export async function findRedisServer(options: FindRedisOptions): Promise<RedisServer> {
  const { packageFolder, usePath = true, onProgress } = options;
  const tooOld: string[] = [];
  for (const command of usePath ? ['valkey-server', 'redis-server'] : []) {
    const server = await describe({ command, args: [] }, tooOld);
    if (server) return server;
  }
  const unpacked = await describe(unpackedServer(packageFolder), []);
  if (unpacked) return unpacked;

  try {
    await unpackRedisPackage(packageFolder, onProgress);
  } catch (error) {
    throw new EmbeddedServiceError(`${howToInstall(tooOld)}\n(${(error as Error).message})`, { cause: error });
  }
  const server = await describe(unpackedServer(packageFolder), tooOld);
  if (!server) throw new EmbeddedServiceError(howToInstall(tooOld));
  return server;
}

/** The unpacked server finds its libraries, which are not installed, through the loader's path. */
function unpackedServer(packageFolder: string): { command: string; args: string[] } {
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => [
    join(packageFolder, folder, debianTriplet()),
    join(packageFolder, folder),
  ]);
  const binary = ['valkey-server', 'redis-server']
    .map((name) => join(packageFolder, 'usr/bin', name))
    .find((path) => existsSync(path));
  return {
    command: 'env',
    args: [`LD_LIBRARY_PATH=${libraries.join(':')}`, binary ?? join(packageFolder, 'usr/bin/redis-server')],
  };
}

/** The name of the folder that holds one architecture's libraries on Debian and Ubuntu. */
function debianTriplet(): string {
  const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };
  return `${architectures[process.arch] ?? process.arch}-linux-gnu`;
}

/** Undefined when there is no such executable, it does not run, or it is too old (then it is added to the list). */
async function describe(
  { command, args }: Pick<RedisServer, 'command' | 'args'>,
  tooOld: string[],
): Promise<RedisServer | undefined> {
  const output = await runCommand(command, [...args, '--version'], { timeout: 10_000 }).catch(() => '');
  const [, name, version] = /^(\w+) server v=([\d.]+)/i.exec(output) ?? [];
  if (!name || !version) return undefined;
  const description = `${name.toLowerCase()}-server ${version}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1])) {
    return { command, args, description };
  }
  tooOld.push(description);
  return undefined;
}

function howToInstall(tooOld: string[]): string {
  const found = tooOld.length > 0 ? `${tooOld.join(' and ')} is too old; ` : '';
  return [
    `Troupe needs a Redis server, 6.2 or newer: ${found}neither valkey-server nor redis-server can be run here.`,
    'Install one of them:',
    '  Debian, Ubuntu   sudo apt-get install redis-server',
    '  Fedora, RHEL     sudo dnf install valkey',
    '  Alpine           apk add valkey',
    '  Arch             sudo pacman -S valkey',
    '  macOS            brew install valkey',
    'or start one anywhere and set REDIS_URL, for example REDIS_URL=redis://127.0.0.1:6379.',
  ].join('\n');
}
