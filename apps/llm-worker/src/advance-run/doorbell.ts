import type { AdvanceRunJob, ExecuteToolJob, FollowUpKind } from '@troupe/contracts';
import type { Logger } from '@troupe/observability';
import { llmQueue, ring, toolsQueue } from '@troupe/queues';
import type { Queue } from 'bullmq';
import { FollowUpBell } from './follow-up-bell.js';

export interface DoorbellQueues {
  llm: Queue;
  tools: Queue;
  memory: Queue;
  summaries: Queue;
}

/** Rings the workers that are next. Never waited for: what they are to do is committed, and they look by themselves. */
export class Doorbell {
  readonly #queues: DoorbellQueues;
  readonly #followUps: FollowUpBell;
  readonly #onError: (error: unknown) => void;

  constructor(queues: DoorbellQueues, logger: Logger) {
    this.#queues = queues;
    this.#followUps = new FollowUpBell(queues, logger);
    this.#onError = (error) => logger.debug({ err: error }, 'a ring was lost; the row will be found');
  }

  advanceRun(job: AdvanceRunJob, delayMs: number): void {
    void ring(this.#queues.llm, llmQueue, 'advance-run', job, { delayMs, onError: this.#onError });
  }

  executeTool(job: ExecuteToolJob): void {
    void ring(this.#queues.tools, toolsQueue, 'execute-tool', job, { onError: this.#onError });
  }

  followUp(kind: FollowUpKind, taskId: string): void {
    this.#followUps.ring(kind, taskId);
  }
}
