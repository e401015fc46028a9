import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { type AcceptedRun, type EventId, newId, type RunEventBody, type RunResult, timeOfId } from '@troupe/contracts';
import { cancelRun, cancelSubruns, Database, pauseRun, readRun, replayRun, resumeRun } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { Logger, Metrics } from '@troupe/observability';
import { llmQueue, ring, signalCancel, toolsQueue } from '@troupe/queues';
import { RunEventPublisher } from '@troupe/run-log';
import type { ModelCatalog } from '@troupe/spec';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Admission } from '../backpressure/admission.js';
import type { GatewayOptions } from '../gateway-dependencies.js';
import { COMMANDS, LOGGER, METRICS, MODELS, OPTIONS } from '../tokens.js';
import { ThreadLine } from './thread-line.js';

/** What people do to runs by hand: end them, let them rest, let them go on, run them again. */
@Injectable()
export class RunControl {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunEventPublisher) private readonly publisher: RunEventPublisher,
    @Inject(getQueueToken(llmQueue.name)) private readonly turns: Queue,
    @Inject(getQueueToken(toolsQueue.name)) private readonly toolCalls: Queue,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(OPTIONS) private readonly options: GatewayOptions,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(ThreadLine) private readonly line: ThreadLine,
    @Inject(COMMANDS) private readonly commands: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  /** A turn under way ends first; then its worker tells the run's readers. */
  async pause(tenantId: string, runId: string): Promise<RunResult> {
    const rests = await pauseRun(this.database, tenantId, runId);
    if (rests) {
      const event: RunEventBody = { type: 'run.waiting', data: { kind: 'pause' } };
      this.database.afterCommit(() => this.publisher.publishStored(runId, event, rests));
    }
    return readRun(this.database, tenantId, runId);
  }

  async resume(tenantId: string, runId: string): Promise<RunResult> {
    const resumed = await resumeRun(this.database, tenantId, runId);
    if (resumed) {
      const { turn, toolCalls } = resumed;
      this.database.afterCommit(() => {
        if (turn) this.#ringTurn(runId, turn.step, turn.dispatch, turn.wakeInMs);
        for (const id of toolCalls.ids) this.#ringToolCall(runId, id, toolCalls.dispatch);
      });
    }
    return readRun(this.database, tenantId, runId);
  }

  /** Cancels a run; one that is running is ended by its worker: at once, or within a heartbeat if it does not hear of it. */
  async cancel(tenantId: string, runId: string): Promise<RunResult> {
    const { event, threadToAdvance } = await cancelRun(this.database, tenantId, runId);
    failpoint('cancel.after-commit');
    // The signal also where this call ended the run: a tool of it may be at work.
    this.#tellOfCancel(runId, event);
    if (event)
      for (const subrun of await cancelSubruns(this.database, runId)) this.#tellOfCancel(subrun.runId, subrun.event);
    if (threadToAdvance !== undefined) this.database.afterCommit(() => this.line.advance(threadToAdvance));
    return readRun(this.database, tenantId, runId);
  }

  /** @param model wins over the old run's */
  async replay(tenantId: string, runId: string, model: string | null): Promise<AcceptedRun> {
    if (model !== null) this.models.resolve(model);
    const { deadlineSeconds } = this.options;
    const ids = { newRunId: newId(), newMessageId: newId() };
    const input = { tenantId, runId, ...ids, deadlineSeconds, model };
    const replayed = await this.admission.enterQueue(tenantId).fill(() => replayRun(this.database, input));
    this.database.afterCommit(() => this.#ringTurn(replayed.runId, 0, 1, 0));
    return { run_id: replayed.runId, thread_id: replayed.threadId, status: 'queued' };
  }

  #tellOfCancel(runId: string, event: EventId | null): void {
    this.database.afterCommit(() => {
      signalCancel(this.commands, runId);
      if (!event) return;
      this.metrics.runEnded('cancelled', (Date.now() - timeOfId(runId)) / 1_000);
      this.publisher.publishStored(runId, { type: 'run.cancelled', data: { run_id: runId } }, event);
    });
  }

  #ringTurn(runId: string, step: number, dispatch: number, delayMs: number): void {
    const job = { run_id: runId, step, dispatch };
    void ring(this.turns, llmQueue, 'advance-run', job, { delayMs, onError: (error) => this.#lost(error) });
  }

  #ringToolCall(runId: string, toolCallId: string, dispatch: number): void {
    const job = { run_id: runId, tool_call_id: toolCallId, dispatch };
    void ring(this.toolCalls, toolsQueue, 'execute-tool', job, { onError: (error) => this.#lost(error) });
  }

  #lost(error: unknown): void {
    this.logger.debug({ err: error }, 'a ring was lost; a worker will look');
  }
}
