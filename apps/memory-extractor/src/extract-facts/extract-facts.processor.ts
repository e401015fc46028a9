import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, type OnApplicationBootstrap, type OnModuleDestroy, type Type } from '@nestjs/common';
import {
  handleJob,
  type JobHandlers,
  memoryQueue,
  reportTrouble,
  type TroubleLog,
  WORKER_OPTIONS,
} from '@troupe/queues';
import type { ConnectionOptions, Job } from 'bullmq';
import { ExtractFacts } from './extract-facts.js';

/** The class that takes jobs of the memory queue. Made at start, because a decorator's options are fixed when it runs. */
export function extractFactsProcessor({
  logger,
  ...options
}: {
  concurrency: number;
  connection: ConnectionOptions;
  logger: TroubleLog;
}): Type<WorkerHost> {
  @Processor(memoryQueue.name, { ...WORKER_OPTIONS, ...options })
  class ExtractFactsProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
    readonly #handlers: JobHandlers<typeof memoryQueue>;

    constructor(@Inject(ExtractFacts) extractFacts: ExtractFacts) {
      super();
      this.#handlers = { 'extract-facts': (job) => extractFacts.extract(job.task_ids) };
    }

    override process(job: Job): Promise<void> {
      return handleJob(this.#handlers, job);
    }

    onApplicationBootstrap(): void {
      reportTrouble(this.worker, logger);
    }

    /** First thing of a shutdown: no new job, while those under way go on. */
    onModuleDestroy(): Promise<void> {
      return this.worker.pause(true);
    }
  }
  return ExtractFactsProcessor;
}
