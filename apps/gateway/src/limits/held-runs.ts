import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { LimitKey } from '@troupe/contracts';
import { Database, LIMIT_REFRESH_MS, type WokenRun, wakeHeldRuns } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { llmQueue, ring } from '@troupe/queues';
import type { Queue } from 'bullmq';
import { LOGGER } from '../tokens.js';

/** Runs that wait for limits, when an operator changes what holds them. */
@Injectable()
export class HeldRuns {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(getQueueToken(llmQueue.name)) private readonly queue: Queue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** After a change of limits: they ask again once every worker knows of it. */
  wakeAfterChange(key: LimitKey): Promise<void> {
    return this.wake(key, LIMIT_REFRESH_MS);
  }

  /** Their new times are stored when this resolves; the rings follow when what is under way is committed. */
  async wake(key: LimitKey, afterMs = 0): Promise<void> {
    for await (const woken of wakeHeldRuns(this.database, { ...key, afterMs })) {
      this.database.afterCommit(() => void this.#ring(woken));
    }
  }

  /** One after the other, so that a long line does not keep Redis from what else it does. */
  async #ring(woken: readonly WokenRun[]): Promise<void> {
    const onError = (error: unknown) => this.logger.debug({ err: error }, 'a ring was lost; the row will be found');
    for (const { runId, step, dispatch, wakeInMs } of woken) {
      const job = { run_id: runId, step, dispatch };
      await ring(this.queue, llmQueue, 'advance-run', job, { delayMs: wakeInMs, onError });
    }
  }
}
