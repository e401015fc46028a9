import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Failpoint } from '../src/failpoint-names.ts';

/** What a file `armed/<name>` asks for. `ms` is for `sleep`, which blocks the whole process for so long. */
interface Action {
  action: 'kill' | 'stop' | 'throw' | 'sleep';
  ms?: number;
}

const folder = process.env.FAILPOINTS_DIR;
if (folder) mkdirSync(join(folder, 'fired'), { recursive: true });

/**
 * Takes the file `<dir>/armed/<name>`, when a test has put one there, and does what it says. Taking is a rename, so of
 * several processes that come by exactly one is hit, and `<dir>/fired/<name>.<pid>` tells the test which.
 */
export function failpoint(name: Failpoint): void {
  if (!folder) return;
  const order = join(folder, 'armed', name);
  let action: Action;
  try {
    // Read before it is taken: the test removes what it finds taken at once.
    action = JSON.parse(readFileSync(order, 'utf8')) as Action;
    renameSync(order, join(folder, 'fired', `${name}.${process.pid}`));
  } catch {
    return;
  }
  act(name, action);
}

function act(name: string, { action, ms = 0 }: Action): void {
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'sleep':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      return;
    case 'throw':
      throw new Error(`Failpoint ${name}.`);
  }
}
