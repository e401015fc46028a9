import { randomInt } from 'node:crypto';
import {
  type AgentConfiguration,
  newId,
  type Run,
  type RunEvent,
  type RunOptions,
  type RunResult,
  TroupeError,
} from '@troupe/contracts';
import { acceptRun, Database, ensureTenant, PostgresEventArchive, readRun, type ThreadChoice } from '@troupe/database';
import { startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, type RunningApp } from '@troupe/observability';
import { connectForCommands, connectForSubscribing, connectForWorkers, llmQueue, ring } from '@troupe/queues';
import type { ModelCatalog, Tool } from '@troupe/spec';
import {
  createTestDatabase,
  ScriptedModel,
  type ScriptedTurn,
  startTcpProxy,
  type TcpProxy,
  testRedisUrl,
} from '@troupe/testing';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { LlmWorkerDependencies } from './llm-worker.module.js';
import { startLlmWorker } from './start-llm-worker.js';

const logger = createLogger({ name: 'test', level: 'silent' });
const CONFIGURATION = {
  name: 'A',
  definition: { role: 'You help.' },
  tools: ['calculate'],
  memory: { type: 'last_n', n: 20 },
  max_turns: 5,
};
const calculate: Tool = {
  name: 'calculate',
  description: 'Calculates.',
  parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => 4,
};

interface AcceptOptions extends RunOptions {
  ring?: boolean;
  /** Slug; `a` unless told. */
  agent?: string;
  text?: string;
  thread?: ThreadChoice;
}

export interface LedgerEntry {
  attempt: number;
  outcome: string;
  input_tokens: number;
  output_tokens: number;
  estimated: boolean;
}

function onError(error: unknown): never {
  throw error;
}

const NO_BATCHES = {
  resolveBatches: () => {
    throw new Error('No test asks for a batch.');
  },
};

type WorkerChanges = Partial<LlmWorkerDependencies> & { models?: ModelCatalog };

/** A database with one agent, workers that come and go, and runs whose models follow a script each. */
export class Stage {
  readonly #models = new Map<string, ScriptedModel>();
  readonly #calls: { stop(): void }[] = [];
  readonly #workers = new Set<RunningApp>();
  readonly #connections: Redis[] = [];
  readonly #databases: Database[] = [];
  readonly #queue: Queue;

  private constructor(
    readonly database: Database,
    /** Between Postgres and workers that are started with `database: await stage.connectDatabase()`. */
    readonly proxy: TcpProxy,
    readonly tenantId: string,
    /** Of one of Redis' numbered databases, so that other tests' workers do not take the jobs of this one. */
    readonly redisUrl: string,
    private readonly drop: () => Promise<void>,
  ) {
    this.#queue = new Queue(llmQueue.name, { connection: this.connect(connectForWorkers) });
  }

  static async open(): Promise<Stage> {
    const server = await createTestDatabase();
    const database = await Database.connect({
      url: server.url,
      poolSize: 8,
      applicationName: 'test',
      onConnectionError: () => undefined,
    });
    await database.migrate();
    const tenantId = await ensureTenant(database, newId());
    const agentId = newId();
    const sql = database.dataSource;
    await sql.query(`INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, 'a', 1)`, [agentId, tenantId]);
    await sql.query(
      `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 50)`,
      [agentId, tenantId, JSON.stringify(CONFIGURATION)],
    );
    const redisUrl = new URL(testRedisUrl());
    redisUrl.pathname = `/${randomInt(1, 16)}`;
    return new Stage(database, await startTcpProxy(server.url), tenantId, redisUrl.toString(), server.drop);
  }

  async startWorker({ models, ...changes }: WorkerChanges = {}): Promise<RunningApp> {
    const commands = this.connect(connectForCommands);
    const database = changes.database ?? this.database;
    const calls = await startModelCalls({
      database,
      redis: commands,
      models: models ?? this.#catalog(),
      limits: [],
      logger,
    });
    const worker = await startLlmWorker({
      database: this.database,
      commands,
      events: commands,
      blocking: this.connect(connectForWorkers),
      subscriber: this.connect(connectForSubscribing),
      calls,
      batches: NO_BATCHES,
      tools: new Map([[calculate.name, calculate]]),
      concurrency: 20,
      leaseSeconds: 1.5,
      turnSeconds: 30,
      eventHours: 24,
      logger,
      metrics: new Metrics(),
      ...changes,
    });
    this.#workers.add(worker);
    this.#calls.push(calls);
    return { stop: () => this.#stop(worker) };
  }

  /** As a deployment does: all workers end, and others come. */
  async replaceWorkers(changes: WorkerChanges = {}): Promise<void> {
    for (const worker of this.#workers) await this.#stop(worker);
    await this.startWorker(changes);
  }

  /** A connection to Postgres through the proxy, with little patience. */
  async connectDatabase(): Promise<Database> {
    const database = await Database.connect({
      url: this.proxy.url,
      // Several for what is read aside, so that a connection is left for what the test is about.
      poolSize: 8,
      applicationName: 'test',
      statementTimeoutMs: 700,
      onConnectionError: () => undefined,
    });
    this.#databases.push(database);
    return database;
  }

  connect(how: typeof connectForCommands): Redis {
    const connection = how(this.redisUrl, logger);
    this.#connections.push(connection);
    return connection;
  }

  /** Another agent, like the one that is there but for the changes. */
  async addAgent(slug: string, changes: Partial<AgentConfiguration>): Promise<void> {
    const id = newId();
    await this.sql(`INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, $3, 1)`, [
      id,
      this.tenantId,
      slug,
    ]);
    await this.sql(
      `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, $3, 50)`,
      [id, this.tenantId, JSON.stringify({ ...CONFIGURATION, ...changes })],
    );
  }

  /** A model that nobody's run is named after. */
  addModel(script: ScriptedTurn[]): ScriptedModel {
    const model = new ScriptedModel(script, { id: `scripted/${newId()}` });
    this.#models.set(model.id, model);
    return model;
  }

  /** Accepts a run and rings for it, unless the ring is to be lost. */
  async accept(
    script: ScriptedTurn[],
    { ring: rings = true, agent = 'a', text = 'Hello', thread = { type: 'new' }, ...options }: AcceptOptions = {},
  ): Promise<{ runId: string; model: ScriptedModel }> {
    const model = this.addModel(script);
    const { runId } = await acceptRun(this.database, {
      runId: newId(),
      tenantId: this.tenantId,
      userId: null,
      thread,
      agent,
      defaultAgent: 'a',
      model: model.id,
      defaultModel: 'scripted/none',
      content: [{ type: 'text', text }],
      deadlineSeconds: 600,
      options,
      idempotency: null,
    });
    if (rings) {
      await ring(this.#queue, llmQueue, 'advance-run', { run_id: runId, step: 0, dispatch: 1 }, { onError });
    }
    return { runId, model };
  }

  async read(runId: string): Promise<Run> {
    return (await readRun(this.database, this.tenantId, runId)).run;
  }

  result(runId: string): Promise<RunResult> {
    return readRun(this.database, this.tenantId, runId);
  }

  async until(runId: string, good: (run: Run) => boolean, withinMs = 20_000): Promise<Run> {
    const end = Date.now() + withinMs;
    for (;;) {
      const run = await this.read(runId);
      if (good(run)) return run;
      if (Date.now() > end) throw new Error(`not reached: ${JSON.stringify(run)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  ended(runId: string): Promise<Run> {
    return this.until(runId, (run) => run.finished_at !== null);
  }

  async events(runId: string): Promise<RunEvent[]> {
    const [page] = await new PostgresEventArchive(this.database).read([{ runId, after: { attempt: 0, n: 0 } }]);
    return page?.events ?? [];
  }

  ledger(runId: string): Promise<LedgerEntry[]> {
    return this.database.dataSource.query(
      `SELECT attempt, outcome, input_tokens, output_tokens, estimated FROM usage_ledger WHERE run_id = $1
        ORDER BY attempt, call`,
      [runId],
    );
  }

  sql<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return this.database.dataSource.query(text, values);
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.stop();
    for (const calls of this.#calls) calls.stop();
    await this.#queue.close();
    for (const connection of this.#connections) connection.disconnect();
    for (const database of [this.database, ...this.#databases]) await database.close();
    await this.proxy.close();
    await this.drop();
  }

  async #stop(worker: RunningApp): Promise<void> {
    this.#workers.delete(worker);
    await worker.stop();
  }

  #catalog(): ModelCatalog {
    return {
      defaultModel: 'scripted/none',
      resolve: (id) => {
        const model = this.#models.get(id);
        if (model) return model;
        throw new TroupeError({ code: 'model_not_found', fault: 'caller', message: `There is no model ${id}.` });
      },
      list: async () => [],
    };
  }
}
