import { setTimeout as sleep } from 'node:timers/promises';
import { NodeProcess } from '../../processes/node-process.js';
import { ChaosProxy } from '../proxy/chaos-proxy.js';
import type { BoundStatement } from '../proxy/message-frames.js';
import type { App } from './app-names.js';

export interface AppProcessOptions {
  app: App;
  /** `llm-worker-2` */
  name: string;
  /** Absolute path of its main.js. */
  main: string;
  /** All but the addresses of the services, which lead through this process's own proxies. */
  env: Readonly<Record<string, string>>;
  log: string;
  services: { postgres: string; redis: string; provider: string };
  /** Told once each time that it ends, with what it held. */
  onExit(exit: AppExit, held: HeldWork): void;
  /** Told of every statement that the process executes. */
  onStatement(app: AppProcess, statement: BoundStatement): void;
}

/** What a process works on, as its statements tell. */
export interface HeldWork {
  /** As it names itself in `runs.lease_owner`; undefined until it has claimed a run. */
  owner: string | undefined;
  /** Calls that it has sent and not completed. */
  toolCalls: Set<string>;
}

/** How one process ended. */
export interface AppExit {
  name: string;
  at: number;
  pid: number;
  ended: number | string;
  /** The harness, or a failpoint that it armed, did it. */
  expected: boolean;
  /** It had not said yet that it was ready. */
  starting: boolean;
}

/** Before a process that ended is started again: what a supervisor takes. Milliseconds. */
const RESTART_AFTER_MS = 150;
/** After a start that failed, because its database was away. Milliseconds. */
const RETRY_START_AFTER_MS = 700;

/** One app's process, kept alive, with a proxy of its own to each service. */
export class AppProcess {
  readonly #options: AppProcessOptions;
  readonly proxies: Readonly<Record<'postgres' | 'redis' | 'provider', ChaosProxy>>;
  #process: NodeProcess | undefined;
  #ready = false;
  #expectsEnd = false;
  #stopped = false;
  #keeping: Promise<void> = Promise.resolve();
  #held: HeldWork = { owner: undefined, toolCalls: new Set() };

  private constructor(options: AppProcessOptions, proxies: AppProcess['proxies']) {
    this.#options = options;
    this.proxies = proxies;
  }

  static async launch(options: AppProcessOptions): Promise<AppProcess> {
    const { postgres, redis, provider } = options.services;
    const started = await Promise.all([
      ChaosProxy.start({
        target: postgres,
        protocol: 'postgres',
        onStatement: (statement) => app.#watch(statement),
      }),
      ChaosProxy.start({ target: redis, protocol: 'redis' }),
      ChaosProxy.start({ target: provider, protocol: 'plain' }),
    ]);
    const app: AppProcess = new AppProcess(options, { postgres: started[0], redis: started[1], provider: started[2] });
    app.#keeping = app.#keep();
    return app;
  }

  get name(): string {
    return this.#options.name;
  }

  get app(): App {
    return this.#options.app;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Sends a signal to the process that runs now, if one does; `ends` says that it is meant to end by it. */
  signal(signal: NodeJS.Signals, ends: boolean): void {
    if (!this.#process || this.#process.hasEnded) return;
    this.#expectsEnd ||= ends;
    this.#process.kill(signal);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    // Everything has been checked by now, and how processes end when they are told to is a fault of its own.
    this.signal('SIGKILL', true);
    await this.#keeping;
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.stop()));
  }

  async #keep(): Promise<void> {
    while (!this.#stopped) {
      const { name, main, log, env, onExit } = this.#options;
      const process = NodeProcess.launch({
        name,
        main,
        log,
        core: undefined,
        nodeArgs: ['--conditions=troupe-failpoints'],
        env: { ...env, ...this.#addresses() },
      });
      this.#process = process;
      this.#expectsEnd = false;
      this.#held = { owner: undefined, toolCalls: new Set() };
      const exited = process.exited;
      await process.ready().then(
        () => {
          this.#ready = true;
        },
        // It ended first, which is dealt with below.
        () => undefined,
      );
      const ended = await exited;
      const starting = !this.#ready;
      this.#ready = false;
      // Only the harness and its failpoints kill here.
      const expected = this.#expectsEnd || ended === 'SIGKILL';
      onExit({ name, at: Date.now(), pid: process.pid, ended, expected, starting }, this.#held);
      if (!this.#stopped) await sleep(starting ? RETRY_START_AFTER_MS : RESTART_AFTER_MS);
    }
  }

  #addresses(): Record<string, string> {
    const { postgres, redis, provider } = this.proxies;
    return { DATABASE_URL: postgres.url, REDIS_URL: redis.url, OPENAI_BASE_URL: `${provider.url}/v1` };
  }

  #watch(statement: BoundStatement): void {
    const [first, second] = statement.values;
    if (statement.name === 'claim-runs' && second) this.#held.owner = second;
    if (statement.name === 'dispatch-tool-call' && first) this.#held.toolCalls.add(first);
    // A call of an agent is its run's from then on.
    if (['complete-tool-call', 'start-subrun'].includes(statement.name) && first) this.#held.toolCalls.delete(first);
    this.#options.onStatement(this, statement);
  }
}
