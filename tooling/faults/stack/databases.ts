import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedServices, startEmbeddedServices } from '../../../packages/embedded-services/src/index.js';

/** A server that is gone this long after it was killed cannot be killed. Milliseconds. */
const GONE_WITHIN_MS = 20_000;
const BACK_WITHIN_MS = 60_000;

/** PostgreSQL and Redis as an installation has them: commits are on disk, Redis appends to its file. */
export class Databases {
  readonly #services: EmbeddedServices;
  /** A folder for this run: data, logs, failpoints. */
  readonly folder: string;

  private constructor(services: EmbeddedServices, folder: string) {
    this.#services = services;
    this.folder = folder;
  }

  static async start(say: (line: string) => void): Promise<Databases> {
    const parent = join(tmpdir(), `troupe-faults-${process.getuid?.() ?? 0}`);
    mkdirSync(parent, { recursive: true, mode: 0o711 });
    const folder = mkdtempSync(join(parent, 'run-'));
    const services = await startEmbeddedServices({
      dataDir: join(folder, 'data'),
      redisPackage: join(parent, 'redis-package'),
      // Each restart is a fault that is reported where it is injected.
      onProgress: (message) => {
        if (!message.includes('again')) say(message);
      },
    });
    return new Databases(services, folder);
  }

  get databaseUrl(): string {
    return String(this.#services.databaseUrl);
  }

  get redisUrl(): string {
    return String(this.#services.redisUrl);
  }

  /**
   * Ends a server and waits until it runs again. SIGQUIT is PostgreSQL's immediate shutdown (`pg_ctl stop -m immediate`), SIGINT its
   * fast one; Redis keeps its data on SIGTERM and up to the last second of it on SIGKILL.
   */
  async restart(name: 'postgres' | 'redis', signal: NodeJS.Signals, whileGone?: () => void): Promise<void> {
    const pid = await this.#pidOf(name);
    process.kill(pid, signal);
    await eventually(`${name} ends`, GONE_WITHIN_MS, () => !isAlive(pid));
    // The next start comes a fifth of a second later.
    whileGone?.();
    await eventually(`${name} is back`, BACK_WITHIN_MS, () => {
      const now = this.#services.pids[name];
      return now !== undefined && now !== pid;
    });
  }

  /** Redis as it is after a disk was lost. */
  restartRedisEmpty(): Promise<void> {
    const files = join(this.#services.dataDir, 'redis', 'appendonlydir');
    return this.restart('redis', 'SIGKILL', () => rmSync(files, { recursive: true, force: true }));
  }

  /** SIGSTOP for so long: connections stay open and nothing is answered. */
  async freeze(name: 'postgres' | 'redis', milliseconds: number): Promise<void> {
    const pid = await this.#pidOf(name);
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(milliseconds);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }

  async stop(): Promise<void> {
    await this.#services.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #pidOf(name: 'postgres' | 'redis'): Promise<number> {
    await eventually(`${name} runs`, BACK_WITHIN_MS, () => this.#services.pids[name] !== undefined);
    return this.#services.pids[name] ?? 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(what: string, withinMs: number, holds: () => boolean): Promise<void> {
  const end = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await sleep(5);
  }
}
