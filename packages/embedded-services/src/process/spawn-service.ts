import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';

/** A log that passed this size, in bytes, makes room for a new one at the next start; one earlier log is kept. */
const LOG_LIMIT = 10 * 1024 * 1024;

export interface ServiceCommand {
  command: string;
  args: string[];
  /** Receives stdout and stderr. */
  log: string;
  /** Replaces the environment; inherited when absent. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface SpawnedService {
  child: ChildProcess;
  ended: Promise<string>;
}

/** Starts a server in a session of its own, so that a terminal's Ctrl-C reaches only its launcher. */
export function spawnService({ command, args, log, ...options }: ServiceCommand): SpawnedService {
  rotateLog(log);
  const output = openSync(log, 'a', 0o600);
  try {
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', output, output] });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    return { child, ended };
  } finally {
    closeSync(output);
  }
}

function rotateLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT) renameSync(path, `${path}.1`);
}
