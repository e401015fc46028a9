import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface NodeProcessOptions {
  name: string;
  /** Absolute path of the script. */
  main: string;
  args?: readonly string[];
  nodeArgs?: readonly string[];
  env?: Readonly<Record<string, string>>;
  core: number | undefined;
  /** Where its output goes. */
  log: string;
}

/** A start that takes longer has failed, in milliseconds. */
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** A Node process of its own, pinned, that talks over IPC. */
export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #options: NodeProcessOptions;

  private constructor(child: ChildProcess, options: NodeProcessOptions) {
    this.#child = child;
    this.#options = options;
  }

  static launch(options: NodeProcessOptions): NodeProcess {
    const { main, args = [], nodeArgs = [], env = {}, core, log } = options;
    const node = [process.execPath, ...nodeArgs, main, ...args];
    const [command = '', ...rest] = core === undefined ? node : ['taskset', '-c', String(core), ...node];
    const output = openSync(log, 'a');
    const child = spawn(command, rest, {
      // Nothing else of the caller's environment, so that no key and no address of theirs gets into a measurement.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env },
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    return new NodeProcess(child, options);
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Exit code or, for a process that was killed, the signal. */
  get exited(): Promise<number | string> {
    return new Promise((resolve) => {
      const { exitCode, signalCode } = this.#child;
      const ended = exitCode ?? signalCode;
      if (ended !== null) resolve(ended);
      else this.#child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  onMessage<T extends { type: string }>(listener: (message: T) => void): void {
    this.#child.on('message', listener);
  }

  send(message: object): void {
    this.#child.send(message);
  }

  /** The next message of this type. @throws with the end of the log when the process ends first */
  async message<T extends { type: string }>(type: T['type'], timeoutMs?: number): Promise<T> {
    const limit = timeoutMs === undefined ? undefined : setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    try {
      return await new Promise<T>((resolve, reject) => {
        const onMessage = (message: T) => {
          if (message.type !== type) return;
          this.#child.off('message', onMessage);
          this.#child.off('exit', onExit);
          resolve(message);
        };
        const onExit = () => reject(new Error(`${this.name} ended while '${type}' was awaited.\n${this.#logTail()}`));
        this.#child.on('message', onMessage);
        this.#child.once('exit', onExit);
      });
    } finally {
      clearTimeout(limit);
    }
  }

  /** Its address, if it has one, once it says that it is ready. */
  async ready(): Promise<string | undefined> {
    return (await this.message<{ type: 'ready'; url?: string }>('ready', READY_TIMEOUT_MS)).url;
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #logTail(): string {
    return readFileSync(this.#options.log, 'utf8').split('\n').slice(-20).join('\n');
  }
}
