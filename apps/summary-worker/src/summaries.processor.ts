import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, type OnApplicationBootstrap, type OnModuleDestroy, type Type } from '@nestjs/common';
import {
  handleJob,
  type JobHandlers,
  reportTrouble,
  summariesQueue,
  type TroubleLog,
  WORKER_OPTIONS,
} from '@troupe/queues';
import type { ConnectionOptions, Job } from 'bullmq';
import { SummarizeThread } from './summarize-thread/summarize-thread.js';
import { TitleThread } from './title-thread/title-thread.js';

/** The class that takes jobs of the summaries queue. Made at start: a decorator's options are fixed when it runs. */
export function summariesProcessor({
  logger,
  ...options
}: {
  concurrency: number;
  connection: ConnectionOptions;
  logger: TroubleLog;
}): Type<WorkerHost> {
  @Processor(summariesQueue.name, { ...WORKER_OPTIONS, ...options })
  class SummariesProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
    readonly #handlers: JobHandlers<typeof summariesQueue>;

    constructor(
      @Inject(TitleThread) titleThread: TitleThread,
      @Inject(SummarizeThread) summarizeThread: SummarizeThread,
    ) {
      super();
      this.#handlers = {
        'title-thread': (job) => titleThread.title(job.task_ids),
        'summarize-thread': (job) => summarizeThread.summarize(job.task_ids),
      };
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
  return SummariesProcessor;
}
