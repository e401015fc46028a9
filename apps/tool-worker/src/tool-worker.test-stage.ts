import { randomInt } from 'node:crypto';
import { type EffectClass, newId, type Run, type RunEvent, type ToolCall } from '@troupe/contracts';
import {
  acceptRun,
  claimRun,
  commitStep,
  Database,
  ensureTenant,
  listSteps,
  type NewToolCall,
  PostgresEventArchive,
  readRun,
} from '@troupe/database';
import { createLogger, Metrics, type RunningApp } from '@troupe/observability';
import { connectForCommands, connectForSubscribing, connectForWorkers } from '@troupe/queues';
import type { Tool } from '@troupe/spec';
import { createTestDatabase, startTcpProxy, type TcpProxy, testRedisUrl } from '@troupe/testing';
import type { Redis } from 'ioredis';
import { startToolWorker } from './start-tool-worker.js';
import type { ToolWorkerDependencies } from './tool-worker.module.js';

const logger = createLogger({ name: 'test', level: 'silent' });

/** A tool that works until the test lets it, and counts how often it was sent. */
export class HeldTool implements Tool {
  readonly description = 'Takes its time.';
  readonly parameters = { type: 'object' };
  timeoutMs = 60_000;
  sent = 0;
  stopped = 0;
  readonly keys = new Set<string>();
  #held = Promise.withResolvers<string>();

  constructor(
    readonly name: string,
    readonly effect: EffectClass,
  ) {}

  finish(result: string): void {
    this.#held.resolve(result);
  }

  readonly execute: Tool['execute'] = async (_args, { signal, idempotencyKey }) => {
    this.sent += 1;
    this.keys.add(idempotencyKey);
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => {
      this.stopped += 1;
      aborted.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#held.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
}

/** Runs that wait for tools, and workers that come and go; workers reach Postgres through a proxy. */
export class Stage {
  readonly #workers = new Set<RunningApp>();
  readonly #connections: Redis[] = [];
  readonly #databases: Database[] = [];

  private constructor(
    readonly database: Database,
    readonly proxy: TcpProxy,
    readonly tenantId: string,
    readonly redisUrl: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(): Promise<Stage> {
    const server = await createTestDatabase();
    const database = await connectDatabase(server.url);
    await database.migrate();
    const tenantId = await ensureTenant(database, newId());
    const agentId = newId();
    const sql = database.dataSource;
    await sql.query(`INSERT INTO agents (id, tenant_id, slug, version) VALUES ($1, $2, 'a', 1)`, [agentId, tenantId]);
    await sql.query(
      `INSERT INTO agent_versions (agent_id, version, tenant_id, configuration, history_limit) VALUES ($1, 1, $2, '{}', 50)`,
      [agentId, tenantId],
    );
    const redisUrl = new URL(testRedisUrl());
    redisUrl.pathname = `/${randomInt(1, 16)}`;
    return new Stage(database, await startTcpProxy(server.url), tenantId, redisUrl.toString(), server.drop);
  }

  async startWorker(tools: Tool[], changes: Partial<ToolWorkerDependencies> = {}): Promise<RunningApp> {
    const commands = this.connect(connectForCommands);
    const database = await connectDatabase(this.proxy.url);
    this.#databases.push(database);
    const worker = await startToolWorker({
      database,
      commands,
      events: commands,
      blocking: this.connect(connectForWorkers),
      subscriber: this.connect(connectForSubscribing),
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      concurrency: 20,
      leaseSeconds: 1.5,
      logger,
      metrics: new Metrics(),
      ...changes,
    });
    this.#workers.add(worker);
    return {
      stop: async () => {
        this.#workers.delete(worker);
        await worker.stop();
      },
    };
  }

  connect(how: typeof connectForCommands): Redis {
    const connection = how(this.redisUrl, logger);
    this.#connections.push(connection);
    return connection;
  }

  /** A run that waits for these tools; a worker's own look finds the calls. */
  async call(...tools: (Pick<Tool, 'name' | 'effect'> & Pick<NewToolCall, 'guardrails'>)[]): Promise<string> {
    const { runId } = await acceptRun(this.database, {
      runId: newId(),
      tenantId: this.tenantId,
      userId: null,
      thread: { type: 'new' },
      agent: 'a',
      defaultAgent: 'a',
      model: 'scripted/model',
      defaultModel: 'scripted/model',
      content: [{ type: 'text', text: 'Hello' }],
      deadlineSeconds: 600,
      idempotency: null,
    });
    const run = await claimRun(this.database, runId, 'llm', 60);
    if (!run) throw new Error('The run could not be claimed.');
    const answerId = newId();
    const said = { id: answerId, parent_id: run.headMessageId, role: 'assistant', content: [], model: null } as const;
    const results = tools.map(
      () => ({ id: newId(), parent_id: answerId, role: 'tool', content: [], model: null }) as const,
    );
    await commitStep(this.database, {
      runId,
      attempt: run.attempt,
      next: { status: 'waiting', waitKind: 'tool', pendingToolCalls: tools.length },
      steps: [step(run.step)],
      messages: [said, ...results].map((message) => ({ ...message, content: [] })),
      toolCalls: tools.map(({ name, effect, guardrails }, index) => ({
        id: newId(),
        message_id: results[index]?.id ?? answerId,
        step: run.step + 1,
        index,
        call_id: `call_${index}`,
        name,
        arguments: {},
        effect,
        ...(guardrails && { guardrails }),
      })),
      ledger: [],
      followUps: [],
      events: [],
      firstEvent: 1,
    });
    return runId;
  }

  async read(runId: string): Promise<Run> {
    return (await readRun(this.database, this.tenantId, runId)).run;
  }

  async calls(runId: string): Promise<Pick<ToolCall, 'name' | 'state' | 'result'>[]> {
    return this.sql('SELECT name, state, result FROM tool_calls WHERE run_id = $1 ORDER BY index', [runId]);
  }

  async events(runId: string): Promise<RunEvent[]> {
    const [page] = await new PostgresEventArchive(this.database).read([{ runId, after: { attempt: 0, n: 0 } }]);
    return page?.events ?? [];
  }

  /** The tool round that is in the run's history; undefined while it goes on. */
  async round(runId: string) {
    return (await listSteps(this.database, this.tenantId, runId)).find(({ kind }) => kind === 'tools');
  }

  sql<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return this.database.dataSource.query(text, values);
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.stop();
    for (const connection of this.#connections) connection.disconnect();
    for (const database of [this.database, ...this.#databases]) await database.close();
    await this.proxy.close();
    await this.drop();
  }
}

function connectDatabase(url: string): Promise<Database> {
  return Database.connect({ url, poolSize: 6, applicationName: 'test', onConnectionError: () => undefined });
}

function step(index: number) {
  const started_at = new Date().toISOString();
  return {
    index,
    kind: 'model' as const,
    model: 'scripted/model',
    finish_reason: 'tool_calls',
    usage: null,
    started_at,
  };
}

/** Waits for a condition. */
export async function until<T>(what: string, read: () => Promise<T> | T, withinMs = 25_000): Promise<NonNullable<T>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not reached: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
