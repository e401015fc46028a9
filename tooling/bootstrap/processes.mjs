import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  // A killed process that its parent never asked for is only an entry in a table.
  return statFields(pid)?.[0] !== 'Z';
}

/** The npm that runs this script: the parent, or the parent's parent where the shell between them stays. */
export function npmProcess() {
  const parent = process.ppid;
  return / -c /.test(commandLineOf(parent)) ? parentOf(parent) : parent;
}

function commandLineOf(pid) {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? processStatus(pid, 'command=');
}

function parentOf(pid) {
  const parent = Number(statFields(pid)?.[1] ?? processStatus(pid, 'ppid='));
  return parent > 0 ? parent : undefined;
}

/** State, parent and what else follows the command name in /proc/<pid>/stat (proc(5)). */
function statFields(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function processStatus(pid, column) {
  try {
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
