import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One row of /proc. */
export interface ProcessRow {
  pid: number;
  parent: number;
  /** User and system time, with that of ended children, in milliseconds. */
  cpuMs: number;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU time of a process and everything below it, in milliseconds; grows only, as long as a parent waits for its children. */
export function treeCpuMs(rows: readonly ProcessRow[], root: number): number {
  return treeOf(rows, root).reduce((sum, row) => sum + row.cpuMs, 0);
}

export function treeOf(rows: readonly ProcessRow[], root: number): ProcessRow[] {
  const children = Map.groupBy(rows, (row) => row.parent);
  const found = rows.filter((row) => row.pid === root);
  for (const row of found) found.push(...(children.get(row.pid) ?? []));
  return found;
}

/** All processes of the machine, as they are now. */
export function readProcesses(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readText(`/proc/${name}/stat`);
      return stat === undefined ? [] : [parseStat(stat)];
    });
}

/** The line of /proc/<pid>/stat, see proc(5): the name in parentheses may hold anything. */
export function parseStat(stat: string): ProcessRow {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), cpuMs: (ticks * 1000) / ticksPerSecond };
}

/** Memory that the process holds in RAM, in MB; 0 once it has ended. */
export function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

/** How long a core was at work since the start of the machine, in milliseconds. */
export function coreBusyMs(core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readText('/proc/stat') ?? '')?.[1];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (line ?? '').split(' ').map(Number);
  return ((user + nice + system + irq + softirq) * 1000) / ticksPerSecond;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between being listed and being read.
    return undefined;
  }
}
