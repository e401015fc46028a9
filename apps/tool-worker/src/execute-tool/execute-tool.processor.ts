import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, type OnApplicationBootstrap, type OnModuleDestroy, type Type } from '@nestjs/common';
import {
  handleJob,
  type JobHandlers,
  reportTrouble,
  type TroubleLog,
  toolsQueue,
  WORKER_OPTIONS,
} from '@troupe/queues';
import type { ConnectionOptions, Job } from 'bullmq';
import { ExecuteToolCall } from './execute-tool-call.js';

/** The class that takes jobs of the tools queue. Made at start, because a decorator's options are fixed when it runs. */
export function executeToolProcessor({
  logger,
  ...options
}: {
  concurrency: number;
  connection: ConnectionOptions;
  logger: TroubleLog;
}): Type<WorkerHost> {
  @Processor(toolsQueue.name, { ...WORKER_OPTIONS, ...options })
  class ExecuteToolProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
    readonly #handlers: JobHandlers<typeof toolsQueue>;

    constructor(@Inject(ExecuteToolCall) executeToolCall: ExecuteToolCall) {
      super();
      this.#handlers = { 'execute-tool': (job) => executeToolCall.execute(job.tool_call_id) };
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
  return ExecuteToolProcessor;
}
