import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Database, FollowUpPoll, FollowUpRunner } from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';
import type { Logger } from '@troupe/observability';
import { quiet, summariesQueue } from '@troupe/queues';
import type { Redis } from 'ioredis';
import { summariesProcessor } from './summaries.processor.js';
import { SummarizeThread } from './summarize-thread/summarize-thread.js';
import { SummaryWorkerLife } from './summary-worker-life.js';
import { TitleThread } from './title-thread/title-thread.js';

export interface SummaryWorkerDependencies {
  database: Database;
  /** For BullMQ's blocking reads: waits through an outage. */
  blocking: Redis;
  calls: ModelCalls;
  /** Tasks under way at once in this process. */
  concurrency: number;
  logger: Logger;
}

@Module({})
export class SummaryWorkerModule {
  static register({ database, blocking, calls, concurrency, logger }: SummaryWorkerDependencies): DynamicModule {
    const runner = new FollowUpRunner(database, (tenantId, rows) => calls.settle(tenantId, rows));
    const titleThread = new TitleThread({ runner, calls });
    const summarizeThread = new SummarizeThread({ runner, calls });
    const poll = new FollowUpPoll({
      database,
      handlers: {
        'title-thread': (taskIds) => titleThread.title(taskIds),
        'summarize-thread': (taskIds) => summarizeThread.summarize(taskIds),
      },
      onError: (error) => logger.warn({ err: error }, 'a title or summary could not be made for now'),
    });
    return {
      module: SummaryWorkerModule,
      imports: [BullModule.registerQueue({ name: summariesQueue.name, connection: blocking })],
      providers: [
        { provide: 'quiet queue', inject: [getQueueToken(summariesQueue.name)], useFactory: quiet },
        { provide: TitleThread, useValue: titleThread },
        { provide: SummarizeThread, useValue: summarizeThread },
        { provide: SummaryWorkerLife, useValue: new SummaryWorkerLife(poll, runner) },
        summariesProcessor({ concurrency, connection: blocking, logger }),
      ],
    };
  }
}
