import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { RunEventBody } from '@troupe/contracts';
import { advanceThread, Database } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { llmQueue, ring, signalCancel } from '@troupe/queues';
import { RunEventPublisher } from '@troupe/run-log';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { COMMANDS, LOGGER } from '../tokens.js';

/** The runs that wait for a thread. */
@Injectable()
export class ThreadLine {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunEventPublisher) private readonly publisher: RunEventPublisher,
    @Inject(getQueueToken(llmQueue.name)) private readonly queue: Queue,
    @Inject(COMMANDS) private readonly commands: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Starts the next run of a thread, and cancels the one at work where the next interrupts it. Not waited for. */
  advance(threadId: string): void {
    this.#advance(threadId).catch((error: unknown) => {
      this.logger.warn({ err: error, thread: threadId }, 'a thread could not go on for now; a worker will look');
    });
  }

  async #advance(threadId: string): Promise<void> {
    const { started, cancelled } = await advanceThread(this.database, threadId);
    for (const { runId, event } of cancelled) {
      signalCancel(this.commands, runId);
      const body: RunEventBody = { type: 'run.cancelled', data: { run_id: runId } };
      if (event) this.publisher.publishStored(runId, body, event);
    }
    const onError = (error: unknown) => this.logger.debug({ err: error }, 'a ring was lost; a worker will look');
    for (const { runId, dispatch } of started) {
      void ring(this.queue, llmQueue, 'advance-run', { run_id: runId, step: 0, dispatch }, { onError });
    }
  }
}
