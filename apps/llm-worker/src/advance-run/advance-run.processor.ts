import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, type OnApplicationBootstrap, type OnModuleDestroy, type Type } from '@nestjs/common';
import {
  type FairLine,
  handleJob,
  type JobHandlers,
  llmQueue,
  reportTrouble,
  type TroubleLog,
  WORKER_OPTIONS,
} from '@troupe/queues';
import type { ConnectionOptions, Job } from 'bullmq';
import { AdvanceRun } from './advance-run.js';

/** The class that takes jobs of the llm queue. Made at start, because a decorator's options are fixed when it runs. */
export function advanceRunProcessor({
  logger,
  line,
  ...options
}: {
  concurrency: number;
  connection: ConnectionOptions;
  line: FairLine;
  logger: TroubleLog;
}): Type<WorkerHost> {
  @Processor(llmQueue.name, { ...WORKER_OPTIONS, ...options })
  class AdvanceRunProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
    readonly #handlers: JobHandlers<typeof llmQueue>;

    constructor(@Inject(AdvanceRun) advanceRun: AdvanceRun) {
      super();
      this.#handlers = { 'advance-run': (job) => advanceRun.advance(job.run_id) };
    }

    override process(job: Job): Promise<void> {
      line.serve(job.opts.priority);
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
  return AdvanceRunProcessor;
}
