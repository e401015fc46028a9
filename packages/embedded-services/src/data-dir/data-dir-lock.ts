import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, startTimeOf } from '../process/process-identity.js';
import { DataDirInUseError } from './data-dir-in-use-error.js';
import type { DataDirLayout } from './data-dir-layout.js';
import { writePrivateFile } from './write-private-file.js';

interface Holder {
  pid: number;
  startTime: string;
  /** Where the server answers, once it does. */
  address?: string;
  stopping?: boolean;
}

/** A process whose launcher was just killed needs a moment to notice: only then is the folder really taken. */
const RUNNING_GRACE_MS = 1500;
/** A holder that said it is stopping has its own limits; this one is a little longer than their sum. */
const STOPPING_GRACE_MS = 30_000;
/** A takeover is a handful of file operations; one this old belongs to a process that died during it. */
const TAKEOVER_STALE_MS = 5000;

/** At most one live process holds it. Bound to process id and start time, so that it frees itself when its holder dies. */
export class DataDirLock {
  readonly #path: string;
  #holder: Holder;

  private constructor(path: string, holder: Holder) {
    this.#path = path;
    this.#holder = holder;
  }

  /** Throws `DataDirInUseError`; waits for a holder that is about to end. */
  static async acquire(layout: DataDirLayout): Promise<DataDirLock> {
    const mine: Holder = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
    const started = Date.now();
    for (;;) {
      if (await createLock(layout.lock, mine)) return new DataDirLock(layout.lock, mine);
      const holder = await readHolder(layout.lock);
      if (holder && lives(holder)) {
        const graceMs = holder.stopping ? STOPPING_GRACE_MS : RUNNING_GRACE_MS;
        const itself = holder.pid === process.pid && !holder.stopping;
        if (itself || Date.now() - started > graceMs) {
          throw new DataDirInUseError(layout.root, holder.pid, holder.address);
        }
        await sleep(100);
      } else {
        await removeStaleLock(layout.lock);
      }
    }
  }

  static async isHeld(layout: Pick<DataDirLayout, 'lock'>): Promise<boolean> {
    const holder = await readHolder(layout.lock);
    return holder !== undefined && lives(holder);
  }

  /** What a second start is told. */
  async setAddress(address: string): Promise<void> {
    await this.#update({ address });
  }

  async setStopping(): Promise<void> {
    await this.#update({ stopping: true });
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async #update(change: Partial<Holder>): Promise<void> {
    this.#holder = { ...this.#holder, ...change };
    await writePrivateFile(this.#path, JSON.stringify(this.#holder));
  }
}

function lives(holder: Holder): boolean {
  return isRunning(holder.pid) && startTimeOf(holder.pid) === holder.startTime;
}

/** A hard link either appears with its whole content or not at all. */
async function createLock(path: string, holder: Holder): Promise<boolean> {
  const candidate = `${path}.${randomUUID()}`;
  await writeFile(candidate, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(candidate, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(candidate);
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Two starts may find the same dead holder: the second must not remove the lock that the first has taken by then. */
async function removeStaleLock(path: string): Promise<void> {
  const takeover = `${path}.takeover`;
  try {
    await mkdir(takeover);
  } catch {
    const age = await stat(takeover).then(
      (entry) => Date.now() - entry.mtimeMs,
      () => 0,
    );
    if (age > TAKEOVER_STALE_MS) await rmdir(takeover).catch(() => undefined);
    await sleep(20);
    return;
  }
  try {
    const holder = await readHolder(path);
    if (!holder || !lives(holder)) await rm(path, { force: true });
  } finally {
    await rmdir(takeover);
  }
}
