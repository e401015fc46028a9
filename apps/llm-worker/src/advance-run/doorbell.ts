import type { AdvanceRunJob, ExecuteToolJob, FollowUpJob, FollowUpKind } from '@troupe/contracts';
import type { Logger } from '@troupe/observability';
import { llmQueue, memoryQueue, ring, summariesQueue, toolsQueue } from '@troupe/queues';
import type { Queue } from 'bullmq';

export interface DoorbellQueues {
  llm: Queue;
  tools: Queue;
  memory: Queue;
  summaries: Queue;
}

/** Rings the workers that are next. Never waited for: what they are to do is committed, and they look by themselves. */
export class Doorbell {
  readonly #queues: DoorbellQueues;
  readonly #onError: (error: unknown) => void;

  constructor(queues: DoorbellQueues, logger: Logger) {
    this.#queues = queues;
    this.#onError = (error) => logger.debug({ err: error }, 'a ring was lost; the row will be found');
  }

  advanceRun(job: AdvanceRunJob, delayMs: number): void {
    void ring(this.#queues.llm, llmQueue, 'advance-run', job, { delayMs, onError: this.#onError });
  }

  executeTool(job: ExecuteToolJob): void {
    void ring(this.#queues.tools, toolsQueue, 'execute-tool', job, { onError: this.#onError });
  }

  followUp(kind: FollowUpKind, job: FollowUpJob): void {
    const options = { onError: this.#onError };
    if (kind === 'extract-facts') void ring(this.#queues.memory, memoryQueue, kind, job, options);
    else void ring(this.#queues.summaries, summariesQueue, kind, job, options);
  }
}
