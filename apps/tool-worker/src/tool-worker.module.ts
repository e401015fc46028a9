import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { appendEvents, type Database, PostgresThreadSearch, PostgresTodoStore } from '@troupe/database';
import type { Logger, Metrics } from '@troupe/observability';
import { llmQueue, onCancelSignal, quiet, RINGING_OPTIONS, ring, toolsQueue } from '@troupe/queues';
import { RunEventPublisher } from '@troupe/run-log';
import type { Tool } from '@troupe/spec';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { executeToolProcessor } from './execute-tool/execute-tool.processor.js';
import { ExecuteToolCall } from './execute-tool/execute-tool-call.js';
import { ToolCallLeases } from './leases/tool-call-leases.js';
import { ToolWorkerLife } from './tool-worker-life.js';

export interface ToolWorkerDependencies {
  database: Database;
  /** For ringing: fails fast. */
  commands: Redis;
  /** For publishing events: fails fast. Not shared with BullMQ, whose scripts make every pipeline dearer. */
  events: Redis;
  /** For BullMQ's blocking reads: waits through an outage. */
  blocking: Redis;
  /** In subscriber mode; hears of cancels. */
  subscriber: Redis;
  tools: ReadonlyMap<string, Tool>;
  /** Tools under way at once in this process. */
  concurrency: number;
  leaseSeconds: number;
  /** How long tools may take to end by themselves in a shutdown, in milliseconds; 12,000 unless told otherwise. */
  graceMs?: number;
  logger: Logger;
  metrics: Metrics;
}

const QUEUES = [llmQueue, toolsQueue].map((queue) => queue.name);

@Module({})
export class ToolWorkerModule {
  static register(dependencies: ToolWorkerDependencies): DynamicModule {
    const { database, commands, events, blocking, subscriber, concurrency, leaseSeconds, logger } = dependencies;
    const onError = (error: unknown) => logger.debug({ err: error }, 'a ring or an event was lost; it will be found');
    const publisher = new RunEventPublisher({
      redis: events,
      store: (batches) => appendEvents(database, batches),
      onError,
    });
    const leases = new ToolCallLeases({ database, leaseSeconds, logger });
    onCancelSignal(subscriber, (runId) => leases.look(runId));
    const services = {
      todos: new PostgresTodoStore(database),
      threadSearch: new PostgresThreadSearch(database),
      now: () => new Date(),
    };
    return {
      module: ToolWorkerModule,
      imports: [
        BullModule.registerQueue(...QUEUES.map((name) => ({ name, connection: commands, ...RINGING_OPTIONS }))),
      ],
      providers: [
        {
          provide: 'quiet queues',
          inject: QUEUES.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => queues.map(quiet),
        },
        {
          provide: ExecuteToolCall,
          inject: QUEUES.map((name) => getQueueToken(name)),
          useFactory: (llm: Queue, tools: Queue) =>
            new ExecuteToolCall({
              ...dependencies,
              publisher,
              services,
              leases,
              resume: (job) => void ring(llm, llmQueue, 'advance-run', job, { onError }),
              sendAgain: (job) => void ring(tools, toolsQueue, 'execute-tool', job, { onError }),
            }),
        },
        {
          provide: ToolWorkerLife,
          inject: [ExecuteToolCall],
          useFactory: (executeToolCall: ExecuteToolCall) => {
            const jobsArrive = () => blocking.status === 'ready';
            const { graceMs } = dependencies;
            return new ToolWorkerLife({
              executeToolCall,
              leases,
              leaseSeconds,
              graceMs,
              concurrency,
              jobsArrive,
              logger,
            });
          },
        },
        executeToolProcessor({ concurrency, connection: blocking, logger }),
      ],
    };
  }
}
