import { execFile } from 'node:child_process';

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** In milliseconds. */
  timeout?: number;
}

/** A command that ended with an error; `output` is what it printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly output: string;

  constructor(command: string, output: string, cause: Error) {
    super(`${command} failed: ${output || cause.message}`, { cause });
    this.output = output;
  }
}

/** Runs a program to its end and answers its stdout. Throws `CommandError`. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024, ...options }, (error, stdout, stderr) => {
      if (error) reject(new CommandError(command, `${stdout}${stderr}`.trim(), error));
      else resolve(stdout);
    });
  });
}

export async function succeeds(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> {
  return runCommand(command, args, options).then(
    () => true,
    () => false,
  );
}
