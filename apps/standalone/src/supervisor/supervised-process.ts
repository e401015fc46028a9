import { type ChildProcess, fork } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RestartPause } from './restart-pause.js';

/** One process to run: an app, numbered from 1 among its equals. */
export interface ProcessDefinition {
  /** For people and for the pid file: `llm-worker-1`. */
  name: string;
  /** Absolute path of the script. */
  main: string;
  args?: readonly string[];
  /** Added to the environment that all share. */
  env?: Readonly<Record<string, string>>;
}

export interface SupervisedProcessOptions {
  definition: ProcessDefinition;
  /** The whole environment of the process apart from its definition's. */
  env: NodeJS.ProcessEnv;
  /** Where `<name>.pid` is kept while the process lives. */
  pidsDir: string;
  /** How long a process may take until it says that it is ready, in milliseconds. */
  readyTimeoutMs: number;
  pause?: RestartPause;
  /** Receives the process's output line by line, and what is said about it, without a line end. */
  onLine(name: string, line: string): void;
}

/** What an app sends over IPC once it serves or works. */
interface ReadyMessage {
  type: 'ready';
  /** Present when the app listens. */
  url?: string;
}

/** Runs one app, and again whenever it ends without having been told to. */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  readonly #pause: RestartPause;
  #child: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve('');
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    this.#pause = options.pause ?? new RestartPause();
  }

  get name(): string {
    return this.#options.definition.name;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Answers the app's address, if it has one, as soon as it is ready. Throws when it ends before that. */
  async start(): Promise<string | undefined> {
    const url = await this.#launch();
    void this.#ended.then((reason) => this.#onEnd(reason));
    return url;
  }

  /** SIGTERM, and SIGKILL to what still lives after the time, in milliseconds. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.#say(`did not stop within ${timeoutMs / 1000} s; killed`);
      child.kill('SIGKILL');
    }, timeoutMs);
    await this.#ended;
    clearTimeout(timer);
  }

  async #launch(): Promise<string | undefined> {
    const { definition, env, pidsDir, readyTimeoutMs } = this.#options;
    const pidFile = join(pidsDir, `${definition.name}.pid`);
    // The argument marks the process as one of this data folder's, for whoever finds it after its launcher was killed.
    const child = fork(definition.main, [...(definition.args ?? []), `--pid-file=${pidFile}`], {
      env: { ...env, ...definition.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // In a session of its own, so that a terminal's Ctrl-C leaves the order of stopping to us.
      detached: true,
    });
    this.#child = child;
    if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#say(line));
    }
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#child = undefined;
        rmSync(pidFile, { force: true });
        resolve(reason);
      };
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    return this.#untilReady(child, readyTimeoutMs);
  }

  async #untilReady(child: ChildProcess, timeoutMs: number): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const ready = new Promise<string | undefined>((resolve) => {
      child.on('message', (message) => {
        if (isReady(message)) resolve(message.url);
      });
    });
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`${this.name} did not become ready within ${timeoutMs / 1000} s`));
      }, timeoutMs);
    });
    const end = this.#ended.then((reason) => {
      throw new Error(`${this.name} ended before it was ready (${reason})`);
    });
    try {
      return await Promise.race([ready, timeout, end]);
    } finally {
      clearTimeout(timer);
    }
  }

  #onEnd(reason: string): void {
    if (this.#stopping) return;
    const pauseMs = this.#pause.next();
    this.#say(`ended (${reason}); starting it again in ${pauseMs / 1000} s`);
    this.#restart = setTimeout(() => {
      this.start().then(
        () => {
          this.#pause.started();
          this.#say('runs again');
        },
        (error: Error) => this.#onEnd(error.message),
      );
    }, pauseMs);
  }

  #say(line: string): void {
    this.#options.onLine(this.name, line);
  }
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
