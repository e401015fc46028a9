import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FailpointAction {
  action: 'kill' | 'stop' | 'throw' | 'sleep';
  ms?: number;
}

const LOOK_EVERY_MS = 20;

/** The folder through which failpoints are armed: see packages/failpoints. */
export class FailpointArms {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of ['armed', 'fired']) mkdirSync(join(folder, name), { recursive: true });
  }

  /** Arms a point and waits until a process reaches it. Answers its process id, or undefined when none came by in time. */
  async fire(name: string, action: FailpointAction, withinMs: number): Promise<number | undefined> {
    const armed = join(this.folder, 'armed', name);
    // A process that comes by in this moment finds the whole order or none.
    const order = join(this.folder, name);
    writeFileSync(order, JSON.stringify(action));
    renameSync(order, armed);
    const end = Date.now() + withinMs;
    while (Date.now() < end && existsSync(armed)) await sleep(LOOK_EVERY_MS);
    rmSync(armed, { force: true });
    return this.#takeFired(name);
  }

  #takeFired(name: string): number | undefined {
    const prefix = `${name}.`;
    const fired = join(this.folder, 'fired');
    for (const file of readdirSync(fired)) {
      const pid = Number(file.slice(prefix.length));
      if (!file.startsWith(prefix) || !Number.isInteger(pid)) continue;
      rmSync(join(fired, file));
      return pid;
    }
    return undefined;
  }
}
