import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Database, FollowUpPoll, FollowUpRunner } from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';
import type { Logger } from '@troupe/observability';
import { memoryQueue, quiet } from '@troupe/queues';
import type { Redis } from 'ioredis';
import { ExtractFacts } from './extract-facts/extract-facts.js';
import { extractFactsProcessor } from './extract-facts/extract-facts.processor.js';
import { MemoryExtractorLife } from './memory-extractor-life.js';

export interface MemoryExtractorDependencies {
  database: Database;
  /** For BullMQ's blocking reads: waits through an outage. */
  blocking: Redis;
  calls: ModelCalls;
  /** Tasks under way at once in this process. */
  concurrency: number;
  logger: Logger;
}

@Module({})
export class MemoryExtractorModule {
  static register({ database, blocking, calls, concurrency, logger }: MemoryExtractorDependencies): DynamicModule {
    const runner = new FollowUpRunner(database, (tenantId, rows) => calls.settle(tenantId, rows));
    const extractFacts = new ExtractFacts({ runner, calls });
    const poll = new FollowUpPoll({
      database,
      handlers: { 'extract-facts': (taskIds) => extractFacts.extract(taskIds) },
      onError: (error) => logger.warn({ err: error }, 'facts could not be extracted for now'),
    });
    return {
      module: MemoryExtractorModule,
      imports: [BullModule.registerQueue({ name: memoryQueue.name, connection: blocking })],
      providers: [
        { provide: 'quiet queue', inject: [getQueueToken(memoryQueue.name)], useFactory: quiet },
        { provide: ExtractFacts, useValue: extractFacts },
        { provide: MemoryExtractorLife, useValue: new MemoryExtractorLife(poll, runner) },
        extractFactsProcessor({ concurrency, connection: blocking, logger }),
      ],
    };
  }
}
