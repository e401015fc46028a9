import { execFileSync } from 'node:child_process';

/** Which core what runs on: the server with its databases on one, provider and load client on the other. */
export interface Cores {
  server: number;
  load: number;
}

/** Undefined where processes cannot be pinned: no `taskset`, or only one core. */
export function chooseCores(): Cores | undefined {
  let allowed: number[];
  try {
    const answer = execFileSync('taskset', ['-pc', String(process.pid)], { encoding: 'utf8' });
    allowed = expandCores(answer.slice(answer.lastIndexOf(':') + 1).trim());
  } catch {
    return undefined;
  }
  const [server, load] = allowed;
  return server === undefined || load === undefined ? undefined : { server, load };
}

/** Moves a running process with all its threads; what it starts later follows. */
export function pin(pid: number, core: number | undefined): void {
  if (core !== undefined) execFileSync('taskset', ['-a', '-pc', String(core), String(pid)], { stdio: 'ignore' });
}

/** `0-2,5` as numbers. */
export function expandCores(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
