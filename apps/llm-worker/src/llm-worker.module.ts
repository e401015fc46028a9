import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import {
  appendEvents,
  closeAbandonedApprovals,
  type Database,
  EventRetention,
  sweepBudgetReservations,
  sweepIdempotencyKeys,
  sweepResponses,
  TenantWeights,
} from '@troupe/database';
import type { ModelCalls } from '@troupe/model-calls';
import { atMostEvery, type Logger, type Metrics } from '@troupe/observability';
import {
  FairLine,
  llmQueue,
  memoryQueue,
  onCancelSignal,
  quiet,
  RINGING_OPTIONS,
  signalCancel,
  summariesQueue,
  toolsQueue,
} from '@troupe/queues';
import { RunEventPublisher } from '@troupe/run-log';
import type { BatchCatalog, Tool } from '@troupe/spec';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { AdvanceRun } from './advance-run/advance-run.js';
import { advanceRunProcessor } from './advance-run/advance-run.processor.js';
import { Doorbell } from './advance-run/doorbell.js';
import { ExpireApprovals } from './approvals/expire-approvals.js';
import { PollBatches } from './batches/poll-batches.js';
import { LeaseKeeper } from './leases/lease-keeper.js';
import { LlmWorkerLife } from './llm-worker-life.js';
import { ReconcileRuns } from './reconcile/reconcile-runs.js';
import { SweepOldRows } from './reconcile/sweep-old-rows.js';
import { SubrunEnds } from './subruns/subrun-ends.js';

export interface LlmWorkerDependencies {
  database: Database;
  /** For ringing: fails fast. */
  commands: Redis;
  /** For publishing events: fails fast. Not shared with BullMQ, whose scripts make every pipeline dearer. */
  events: Redis;
  /** For BullMQ's blocking reads: waits through an outage. */
  blocking: Redis;
  /** In subscriber mode; hears of cancels. */
  subscriber: Redis;
  calls: ModelCalls;
  batches: BatchCatalog;
  tools: ReadonlyMap<string, Tool>;
  /** Turns under way at once in this process. */
  concurrency: number;
  leaseSeconds: number;
  /** The longest that a model turn may take. */
  turnSeconds: number;
  /** How long the events of a run are kept after its end. */
  eventHours: number;
  /** How long turns may take to end by themselves in a shutdown, in milliseconds; 12,000 unless told otherwise. */
  graceMs?: number;
  logger: Logger;
  metrics: Metrics;
}

const QUEUES = [llmQueue, toolsQueue, memoryQueue, summariesQueue].map((queue) => queue.name);

/** While Postgres is away every flush of events fails; it is logged this often. Milliseconds. */
const EVENT_TROUBLE_LOG_MS = 10_000;

@Module({})
export class LlmWorkerModule {
  static register(dependencies: LlmWorkerDependencies): DynamicModule {
    const {
      database,
      commands,
      events,
      blocking,
      subscriber,
      calls,
      batches,
      concurrency,
      leaseSeconds,
      turnSeconds,
      logger,
      metrics,
    } = dependencies;
    const publisher = new RunEventPublisher({
      redis: events,
      store: (batches) => appendEvents(database, batches),
      onError: atMostEvery(EVENT_TROUBLE_LOG_MS, (error) =>
        logger.warn({ err: error }, 'events could not be published or stored for now'),
      ),
    });
    const leases = new LeaseKeeper({ database, leaseSeconds, turnSeconds, logger });
    const retention = new EventRetention({ database, hours: dependencies.eventHours });
    const sweeps = [
      async () => (await retention.trim()).more,
      () => sweepIdempotencyKeys(database),
      () => sweepBudgetReservations(database),
      () => sweepResponses(database),
      () => closeAbandonedApprovals(database),
    ];
    onCancelSignal(subscriber, (runId) => leases.look(runId));
    return {
      module: LlmWorkerModule,
      imports: [
        BullModule.registerQueue(...QUEUES.map((name) => ({ name, connection: commands, ...RINGING_OPTIONS }))),
      ],
      providers: [
        {
          provide: 'quiet queues',
          inject: QUEUES.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => queues.map(quiet),
        },
        {
          provide: Doorbell,
          inject: QUEUES.map((name) => getQueueToken(name)),
          useFactory: (llm: Queue, tools: Queue, memory: Queue, summaries: Queue) =>
            new Doorbell({ llm, tools, memory, summaries }, logger),
        },
        {
          provide: SubrunEnds,
          inject: [Doorbell],
          useFactory: (doorbell: Doorbell) => {
            const tellWorkers = (runId: string) => signalCancel(commands, runId);
            const { tools } = dependencies;
            return new SubrunEnds({ database, publisher, doorbell, tools, signalCancel: tellWorkers, logger });
          },
        },
        {
          provide: AdvanceRun,
          inject: [Doorbell, SubrunEnds],
          useFactory: (doorbell: Doorbell, subruns: SubrunEnds) =>
            new AdvanceRun({
              ...dependencies,
              publisher,
              leases,
              weights: new TenantWeights(database),
              doorbell,
              subruns,
            }),
        },
        {
          provide: ReconcileRuns,
          inject: [AdvanceRun, SubrunEnds, Doorbell],
          useFactory: (advanceRun: AdvanceRun, subruns: SubrunEnds, doorbell: Doorbell) => {
            const freeTurns = () => concurrency - leases.size;
            const jobsArrive = () => blocking.status === 'ready';
            const approvals = new ExpireApprovals({ database, publisher, doorbell, advanceRun, logger });
            return new ReconcileRuns({
              database,
              advanceRun,
              approvals,
              subruns,
              publisher,
              leaseSeconds,
              freeTurns,
              jobsArrive,
              logger,
              metrics,
            });
          },
        },
        {
          provide: LlmWorkerLife,
          inject: [AdvanceRun, ReconcileRuns],
          useFactory: (advanceRun: AdvanceRun, reconcile: ReconcileRuns) =>
            new LlmWorkerLife({
              leases,
              advanceRun,
              reconcile,
              oldRows: new SweepOldRows({ sweeps, logger }),
              batches: new PollBatches({ database, batches, prices: calls.prices, logger }),
              graceMs: dependencies.graceMs,
            }),
        },
        advanceRunProcessor({
          concurrency,
          connection: blocking,
          line: new FairLine(commands, llmQueue.name),
          logger,
        }),
      ],
    };
  }
}
