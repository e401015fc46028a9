import { newId, type RunEventBody, TroupeError } from '@troupe/contracts';
import {
  type ClaimedRun,
  type CommittedStep,
  claimRun,
  commitStep,
  type Database,
  endParkedRun,
  type StepCommit,
} from '@troupe/database';
import type { Logger, Metrics } from '@troupe/observability';
import type { RunEventPublisher, RunLogWriter } from '@troupe/run-log';
import type { ModelCatalog, Tool } from '@troupe/spec';
import type { LeaseKeeper } from '../leases/lease-keeper.js';
import type { Doorbell } from './doorbell.js';
import { takeTurn } from './take-turn.js';
import type { TurnOutcome } from './turn-outcome.js';

export interface AdvanceRunOptions {
  database: Database;
  publisher: RunEventPublisher;
  models: ModelCatalog;
  tools: ReadonlyMap<string, Tool>;
  leases: LeaseKeeper;
  doorbell: Doorbell;
  leaseSeconds: number;
  logger: Logger;
  metrics: Metrics;
}

/** Pauses between tries of a commit while Postgres is away, in milliseconds; together well within a lease. */
const COMMIT_RETRY_PAUSES_MS = [100, 500, 1_000, 2_000];

/** Advances a run by one model turn: claim, turn, fenced commit, then tell the readers and ring who is next. */
export class AdvanceRun {
  readonly #options: AdvanceRunOptions;
  /** Names this process in `runs.lease_owner`. */
  readonly #owner = newId();

  constructor(options: AdvanceRunOptions) {
    this.#options = options;
  }

  /** Does nothing when the run is held by another worker, parked, or ended: a ring may come late or twice. */
  async advance(runId: string): Promise<void> {
    const { database, leases, publisher, leaseSeconds } = this.#options;
    const run = await claimRun(database, runId, this.#owner, leaseSeconds);
    if (!run) return;
    const lease = leases.hold(run.id, run.attempt, run.deadlineInMs);
    const log = publisher.open(run.id, run.attempt, run.lastEvent);
    const startedAt = performance.now();
    try {
      const { models, tools } = this.#options;
      const onEvent = (event: RunEventBody) => log.append(event);
      const outcome = await takeTurn(run, { models, tools, signal: lease.signal, onEvent });
      if (outcome) await this.#finish(run, log, outcome, performance.now() - startedAt);
    } finally {
      publisher.close(log);
      lease.release();
    }
  }

  async #finish(run: ClaimedRun, log: RunLogWriter, outcome: TurnOutcome, tookMs: number): Promise<void> {
    const { events, ...rows } = outcome;
    const unstored = await log.takeUnstored();
    const committed = await this.#commit({
      runId: run.id,
      attempt: run.attempt,
      ...rows,
      events: [...unstored.events, ...events],
      firstEvent: unstored.firstN,
    });
    if (!committed) {
      this.#options.logger.warn({ run: run.id, attempt: run.attempt }, 'the run moved on without this attempt');
      return;
    }
    log.appendStored(events);
    this.#measure(run, outcome, tookMs);
    if (committed.cancelRequested && (await this.#cancelParked(run, outcome))) return;
    this.#ring(run, outcome, committed);
  }

  /** The commit is fenced, so sending it again after a lost reply stores nothing twice. */
  async #commit(commit: StepCommit): Promise<CommittedStep | undefined> {
    for (const pauseMs of COMMIT_RETRY_PAUSES_MS) {
      try {
        return await commitStep(this.#options.database, commit);
      } catch (error) {
        if (!(error instanceof TroupeError && error.code === 'database_unavailable')) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return commitStep(this.#options.database, commit);
  }

  /** A cancel that came in during the turn's last moments found the run running; now it is parked and ends here. */
  async #cancelParked(run: ClaimedRun, { next }: TurnOutcome): Promise<boolean> {
    if (next.status !== 'queued' && next.status !== 'waiting') return false;
    const ended = await endParkedRun(this.#options.database, run.id, 'cancelled', run.tenantId);
    if (!ended) return false;
    const event: RunEventBody = { type: 'run.cancelled', data: { run_id: run.id } };
    this.#options.publisher.publishStored(run.id, event, ended, { attempt: run.attempt, n: 0 });
    return true;
  }

  #ring(run: ClaimedRun, { next, toolCalls, followUps }: TurnOutcome, { step, dispatch }: CommittedStep): void {
    const { doorbell } = this.#options;
    if (next.status === 'queued') doorbell.advanceRun({ run_id: run.id, step, dispatch }, next.wakeInMs);
    for (const call of toolCalls) doorbell.executeTool({ run_id: run.id, tool_call_id: call.id, dispatch: 1 });
    for (const followUp of followUps) doorbell.followUp(followUp.kind, followUp.id);
  }

  #measure(run: ClaimedRun, { next, ledger }: TurnOutcome, tookMs: number): void {
    const { metrics, logger } = this.#options;
    for (const { provider, model, outcome, ...tokens } of ledger) {
      metrics.modelCallDuration.observe({ provider, model, outcome }, tookMs / 1_000);
      metrics.tokens.inc({ kind: 'input' }, tokens.input_tokens);
      metrics.tokens.inc({ kind: 'output' }, tokens.output_tokens);
      metrics.tokens.inc({ kind: 'cached_input' }, tokens.cached_input_tokens);
      metrics.tokens.inc({ kind: 'reasoning' }, tokens.reasoning_tokens);
    }
    if (next.status === 'queued' || next.status === 'waiting') return;
    metrics.runsCompleted.inc({ status: next.status });
    if (next.status === 'failed') {
      const { code, message } = next.error;
      logger.warn({ run: run.id, agent: run.agent, model: run.model, code }, `the run failed: ${message}`);
    } else {
      logger.debug({ run: run.id, status: next.status, ms: Math.round(tookMs) }, 'the run ended');
    }
  }
}
