import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Database, FollowUpPoll, FollowUpRunner } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { quiet, summariesQueue } from '@troupe/queues';
import type { ModelCatalog } from '@troupe/spec';
import type { Redis } from 'ioredis';
import { summariesProcessor } from './summaries.processor.js';
import { SummarizeThread } from './summarize-thread/summarize-thread.js';
import { SummaryWorkerLife } from './summary-worker-life.js';
import { TitleThread } from './title-thread/title-thread.js';

export interface SummaryWorkerDependencies {
  database: Database;
  /** For BullMQ's blocking reads: waits through an outage. */
  blocking: Redis;
  models: ModelCatalog;
  /** Tasks under way at once in this process. */
  concurrency: number;
  logger: Logger;
}

@Module({})
export class SummaryWorkerModule {
  static register({ database, blocking, models, concurrency, logger }: SummaryWorkerDependencies): DynamicModule {
    const runner = new FollowUpRunner(database);
    const titleThread = new TitleThread({ runner, models });
    const summarizeThread = new SummarizeThread({ runner, models });
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
