import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Whether a process with this id runs; one that ended but was never reaped (a zombie) does not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statFields(pid)?.[0] !== 'Z';
}

/**
 * A text that no other process with the same id ever has: process ids are reused, a start time within one boot is not.
 * Undefined when the process does not run.
 */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return processStatus(pid, 'lstart=');
  const started = statFields(pid)?.[19];
  if (started === undefined) return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${started}`;
}

/** The command line with spaces between the arguments; undefined when the process does not run or hides it. */
function commandLineOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return processStatus(pid, 'command=');
  return readProcessFile(pid, 'cmdline')?.replaceAll('\0', ' ');
}

/**
 * Whether a running process was started for one of these folders: it names a path below it on its command line, or works
 * inside it (Redis before 6.2 overwrites its command line).
 */
export function belongsTo(pid: number, folders: readonly string[]): boolean {
  const commandLine = commandLineOf(pid) ?? '';
  const workingDirectory = `${workingDirectoryOf(pid) ?? ''}/`;
  return folders.some((folder) => commandLine.includes(`${folder}/`) || workingDirectory.startsWith(`${folder}/`));
}

function workingDirectoryOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** The fields of /proc/<pid>/stat that follow the command name (proc(5)): [0] is the state, [19] the start in clock ticks. */
function statFields(pid: number): string[] | undefined {
  const text = readProcessFile(pid, 'stat');
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProcessFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function processStatus(pid: number, column: string): string | undefined {
  try {
    return execFileSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
