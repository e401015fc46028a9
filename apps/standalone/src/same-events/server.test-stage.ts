import { randomInt } from 'node:crypto';
import { type AgentConfiguration, newId, type RunEvent, type RunOptions, TroupeError } from '@troupe/contracts';
import { acceptRun, createAgent, Database, ensureTenant, PostgresEventArchive, readRun } from '@troupe/database';
import { startLlmWorker } from '@troupe/llm-worker';
import { startModelCalls } from '@troupe/model-calls';
import { createLogger, Metrics, type RunningApp } from '@troupe/observability';
import { connectForCommands, connectForSubscribing, connectForWorkers, llmQueue, ring } from '@troupe/queues';
import type { ModelCatalog, Tool } from '@troupe/spec';
import { createTestDatabase, type ScriptedModel, testRedisUrl } from '@troupe/testing';
import { startToolWorker } from '@troupe/tool-worker';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const logger = createLogger({ name: 'test', level: 'silent' });
const ENDED_WITHIN_MS = 30_000;

function onError(error: unknown): never {
  throw error;
}

/** An llm-worker and a tool-worker with a database and a Redis between them, each on connections of its own. */
export class ServerStage {
  readonly #models = new Map<string, ScriptedModel>();
  readonly #connections: Redis[] = [];
  readonly #workers: RunningApp[] = [];
  readonly #queue: Queue;
  readonly #redisUrl: string;
  #stopCalls: () => void = () => undefined;

  private constructor(
    readonly database: Database,
    readonly tenantId: string,
    private readonly drop: () => Promise<void>,
  ) {
    // One of Redis' numbered databases, so that other tests' workers do not take the jobs of this one.
    const redisUrl = new URL(testRedisUrl());
    redisUrl.pathname = `/${randomInt(1, 16)}`;
    this.#redisUrl = redisUrl.toString();
    this.#queue = new Queue(llmQueue.name, { connection: this.#connect(connectForWorkers) });
  }

  static async start(tools: readonly Tool[]): Promise<ServerStage> {
    const server = await createTestDatabase();
    const database = await Database.connect({
      url: server.url,
      poolSize: 8,
      applicationName: 'test',
      onConnectionError: () => undefined,
    });
    await database.migrate();
    const stage = new ServerStage(database, await ensureTenant(database, newId()), server.drop);
    await stage.#startWorkers(new Map(tools.map((tool) => [tool.name, tool])));
    return stage;
  }

  /** The events of a run of an agent, from the first to the last. */
  async play(
    model: ScriptedModel,
    configuration: AgentConfiguration,
    { message, options }: { message: string; options: RunOptions },
  ): Promise<RunEvent[]> {
    this.#models.set(model.id, model);
    const slug = `agent-${newId()}`;
    await createAgent(this.database, { tenantId: this.tenantId, slug, configuration, historyLimit: 100 });
    const { runId } = await acceptRun(this.database, {
      runId: newId(),
      tenantId: this.tenantId,
      userId: null,
      thread: { type: 'new' },
      agent: slug,
      defaultAgent: slug,
      model: model.id,
      defaultModel: model.id,
      content: [{ type: 'text', text: message }],
      deadlineSeconds: 600,
      options,
      idempotency: null,
    });
    await ring(this.#queue, llmQueue, 'advance-run', { run_id: runId, step: 0, dispatch: 1 }, { onError });
    await this.#ended(runId);
    const [page] = await new PostgresEventArchive(this.database).read([{ runId, after: { attempt: 0, n: 0 } }]);
    return page?.events ?? [];
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers) await worker.stop();
    this.#stopCalls();
    await this.#queue.close();
    for (const connection of this.#connections) connection.disconnect();
    await this.database.close();
    await this.drop();
  }

  async #startWorkers(tools: ReadonlyMap<string, Tool>): Promise<void> {
    const { database } = this;
    const redis = this.#connect(connectForCommands);
    const calls = await startModelCalls({ database, redis, models: this.#catalog(), limits: [], logger });
    this.#stopCalls = () => calls.stop();
    const each = () => {
      const commands = this.#connect(connectForCommands);
      return {
        database,
        commands,
        events: commands,
        blocking: this.#connect(connectForWorkers),
        subscriber: this.#connect(connectForSubscribing),
        tools,
        concurrency: 20,
        leaseSeconds: 15,
        logger,
        metrics: new Metrics(),
      };
    };
    const batches = {
      resolveBatches: () => {
        throw new Error('No test asks for a batch.');
      },
    };
    this.#workers.push(await startLlmWorker({ ...each(), calls, batches, turnSeconds: 30, eventHours: 24 }));
    this.#workers.push(await startToolWorker(each()));
  }

  async #ended(runId: string): Promise<void> {
    const end = Date.now() + ENDED_WITHIN_MS;
    for (;;) {
      const { run } = await readRun(this.database, this.tenantId, runId);
      if (run.finished_at !== null) return;
      if (Date.now() > end) throw new Error(`The run did not end: ${JSON.stringify(run)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #connect(how: typeof connectForCommands): Redis {
    const connection = how(this.#redisUrl, logger);
    this.#connections.push(connection);
    return connection;
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
