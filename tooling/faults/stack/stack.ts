import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../processes/free-port.js';
import { TOOL_CLASSES, TOOLS } from '../load/case-plan.js';
import type { Random } from '../random.js';
import { APPS, type App, REPLICAS } from './app-names.js';
import { type AppExit, AppProcess } from './app-process.js';
import { CrashedWork } from './crashed-work.js';
import { Databases } from './databases.js';
import { FailpointArms } from './failpoint-arms.js';
import { OracleProcess } from './oracle-process.js';
import { watchTransitions } from './transitions.js';

export interface StackOptions {
  root: string;
  /** Those of production instead of the short ones. */
  productionTimers: boolean;
  say(line: string): void;
}

/** Short timers, in seconds, so that a fault is over soon. A lease has whole seconds, at least two. */
const SHORT = { leaseSeconds: 2, deadlineSeconds: 45 };
const PRODUCTION = { leaseSeconds: 15, deadlineSeconds: 180 };
const TOOL_TIMEOUT_MS = 2_000;
const PICK_WITHIN_MS = 15_000;
const READY_WITHIN_MS = 120_000;
/** From the claim of a poisoned run to the death of its worker: long enough for giving the run up, too short for its turn. */
const POISON_AFTER_MS = 150;

/** The whole server, split, with real databases and two oracles: everything that a fault can harm. */
export class Stack {
  readonly databases: Databases;
  readonly sql: pg.Pool;
  readonly provider: OracleProcess;
  readonly tools: OracleProcess;
  readonly failpoints: FailpointArms;
  readonly apps: AppProcess[] = [];
  readonly exits: AppExit[] = [];
  readonly crashedWork: CrashedWork;
  /** Runs whose claim kills the worker that makes it. */
  readonly poisonedRuns = new Set<string>();
  /** Gateways, in the order of their names. */
  readonly urls: string[] = [];
  readonly apiKey = `faults_${randomBytes(16).toString('hex')}`;
  readonly leaseSeconds: number;
  readonly log: string;

  private constructor(
    parts: { databases: Databases; sql: pg.Pool; provider: OracleProcess; tools: OracleProcess },
    leaseSeconds: number,
  ) {
    this.databases = parts.databases;
    this.sql = parts.sql;
    this.provider = parts.provider;
    this.tools = parts.tools;
    this.leaseSeconds = leaseSeconds;
    this.crashedWork = new CrashedWork(parts.sql);
    this.failpoints = new FailpointArms(join(parts.databases.folder, 'failpoints'));
    this.log = join(parts.databases.folder, 'apps.log');
  }

  /** Whatever was started is on `cleanUp`, also when this throws half-way. */
  static async start(options: StackOptions, cleanUp: AsyncDisposableStack): Promise<Stack> {
    const keep = <R extends { stop(): Promise<void> }>(running: R): R => {
      cleanUp.defer(() => running.stop());
      return running;
    };
    const databases = keep(await Databases.start(options.say));
    const { folder } = databases;
    const sql = new pg.Pool({ connectionString: databases.databaseUrl, max: 4 });
    cleanUp.defer(() => sql.end());
    // Broken connections are what faults are for; whoever asks next gets a new one.
    sql.on('error', () => undefined);
    const start = (name: 'provider' | 'tool') =>
      OracleProcess.start({ name, lines: join(folder, `${name}.jsonl`), log: join(folder, 'oracles.log') });
    const provider = keep(await start('provider'));
    const tools = keep(await start('tool'));
    const timers = options.productionTimers ? PRODUCTION : SHORT;
    const stack = new Stack({ databases, sql, provider, tools }, timers.leaseSeconds);
    await stack.#launchAll(options.root, timers, keep);
    await watchTransitions(sql);
    return stack;
  }

  appsOf(app: App): AppProcess[] {
    return this.apps.filter((process) => process.app === app);
  }

  /** A process of this app that is ready, as the generator picks it; undefined when none becomes ready in time. */
  async pickReady(app: App, random: Random): Promise<AppProcess | undefined> {
    const first = random.integer(0, REPLICAS[app] - 1);
    const candidates = this.appsOf(app);
    const end = Date.now() + PICK_WITHIN_MS;
    while (Date.now() < end) {
      for (let offset = 0; offset < candidates.length; offset += 1) {
        const process = candidates[(first + offset) % candidates.length];
        if (process?.isReady) return process;
      }
      await sleep(50);
    }
    return undefined;
  }

  async allReady(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    while (!this.apps.every((app) => app.isReady)) {
      if (Date.now() > end) {
        const missing = this.apps.filter((app) => !app.isReady).map(({ name }) => name);
        throw new Error(`not ready within ${READY_WITHIN_MS / 1_000} s: ${missing.join(', ')}; see ${this.log}`);
      }
      await sleep(50);
    }
  }

  async #launchAll(
    root: string,
    timers: typeof SHORT,
    keep: <R extends { stop(): Promise<void> }>(running: R) => R,
  ): Promise<void> {
    const { folder, databaseUrl: postgres, redisUrl: redis } = this.databases;
    mkdirSync(join(folder, 'compiled'), { recursive: true });
    const toolsFile = join(folder, 'tools.json');
    writeFileSync(toolsFile, JSON.stringify(TOOLS.map((name) => toolEntry(name, this.tools.url))));
    const env = {
      TROUPE_API_KEY: this.apiKey,
      TROUPE_DATA_DIR: join(folder, 'server'),
      TROUPE_TOOLS_FILE: toolsFile,
      FAILPOINTS_DIR: this.failpoints.folder,
      RUN_LEASE_SECONDS: String(timers.leaseSeconds),
      RUN_DEADLINE_SECONDS: String(timers.deadlineSeconds),
      OPENAI_API_KEY: 'simulated',
      DEFAULT_MODEL: 'openai/simulated',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      // Started hundreds of times: without it every start compiles everything anew.
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
    };
    const services = { postgres, redis, provider: this.provider.url };
    for (const app of APPS) {
      for (let number = 1; number <= REPLICAS[app]; number += 1) {
        const port = app === 'gateway' ? await freePort() : undefined;
        if (port !== undefined) this.urls.push(`http://127.0.0.1:${port}`);
        const process = await AppProcess.launch({
          app,
          name: `${app}-${number}`,
          main: join(root, 'apps', app, 'dist/main.js'),
          env: { ...env, ...(port !== undefined && { PORT: String(port) }) },
          log: this.log,
          services,
          onExit: (exit, held) => {
            this.exits.push(exit);
            if (exit.ended === 'SIGKILL') void this.crashedWork.note(exit.at, held);
          },
          onStatement: (claimer, { name: statement, values }) => {
            const [runIds] = values;
            if (statement !== 'claim-runs' || ![...this.poisonedRuns].some((id) => runIds?.includes(id))) return;
            setTimeout(() => claimer.signal('SIGKILL', true), POISON_AFTER_MS);
          },
        });
        this.apps.push(keep(process));
      }
      // The first gateway brings the schema and the first key; the others would wait for it anyway.
      if (app === 'gateway') await this.allReady();
    }
    await this.allReady();
  }
}

function toolEntry(name: (typeof TOOLS)[number], url: string) {
  return {
    name,
    description: `Does ${name}, once for each name of a call.`,
    parameters: {
      type: 'object',
      properties: { call: { type: 'string' }, by: { type: 'string' } },
      required: ['call'],
      additionalProperties: false,
    },
    effect: TOOL_CLASSES[name],
    // The agents' own rules ask about the other one.
    ...(name === 'release' && { needs_approval: true }),
    timeout_ms: TOOL_TIMEOUT_MS,
    url: `${url}/tools/${name}`,
  };
}
