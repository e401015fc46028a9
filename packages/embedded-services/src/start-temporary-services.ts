import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDir } from './data-dir/data-dir-layout.js';
import { DataDirLock } from './data-dir/data-dir-lock.js';
import { endLeftovers } from './data-dir/end-leftovers.js';
import { EmbeddedServiceError } from './embedded-service-error.js';
import { type EmbeddedServices, startEmbeddedServices } from './start-embedded-services.js';

export interface TemporaryServicesOptions {
  postgres?: boolean;
  redis?: boolean;
  onProgress?(message: string): void;
}

/** A folder this old, in milliseconds, that no live process holds belongs to a run that was killed. */
const ABANDONED_AFTER_MS = 60_000;

/** Fresh, empty servers, for a test run: fast rather than durable. `stop` deletes everything. */
export async function startTemporaryServices(options: TemporaryServicesOptions = {}): Promise<EmbeddedServices> {
  const { onProgress = () => undefined } = options;
  const parent = await openParentFolder();
  await removeAbandoned(parent, onProgress);
  const dataDir = await mkdtemp(join(parent, 'run-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const services = await startEmbeddedServices({
      ...options,
      dataDir,
      durable: false,
      redisPackage: join(parent, 'redis-package'),
    });
    const { stop } = services;
    services.stop = () => stop().then(remove);
    return services;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** One folder a user: what runs in it is executed, so nobody else may have made it. */
async function openParentFolder(): Promise<string> {
  const user = process.getuid?.() ?? 0;
  const parent = join(tmpdir(), `troupe-temporary-${user}`);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  const { uid } = await stat(parent);
  if (uid !== user) throw new EmbeddedServiceError(`${parent} belongs to user id ${uid}. Delete it or set TMPDIR.`);
  return parent;
}

async function removeAbandoned(parent: string, onProgress: (message: string) => void): Promise<void> {
  const runs = (await readdir(parent)).filter((name) => name.startsWith('run-'));
  for (const name of runs) {
    const folder = join(parent, name);
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age < ABANDONED_AFTER_MS || (await DataDirLock.isHeld({ lock: join(folder, 'lock') }))) continue;
    const layout = await openDataDir(folder);
    await endLeftovers(layout, layout.postgres, onProgress);
    await rm(folder, { recursive: true, force: true });
  }
}
