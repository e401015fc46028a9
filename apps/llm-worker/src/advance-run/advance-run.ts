import { addUsage } from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import {
  advanceThread,
  type ClaimedRun,
  type CommittedStep,
  callLedgerId,
  claimRun,
  commitStep,
  type Database,
  endParkedRun,
  type LedgerRow,
  readCommit,
  recordUsage,
  restPausedRun,
  type StepCommit,
  type TenantWeights,
  whileUnavailable,
} from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { CallOwner, ModelCalls } from '@troupe/model-calls';
import type { Logger, Metrics } from '@troupe/observability';
import type { RunEventPublisher, RunLogWriter } from '@troupe/run-log';
import type { Tool } from '@troupe/spec';
import type { LeaseKeeper } from '../leases/lease-keeper.js';
import { accountForLostCalls } from './account-for-lost-calls.js';
import type { Doorbell } from './doorbell.js';
import { goOn } from './go-on.js';
import { usageOf } from './ledger-of-turn.js';
import { Quarantine } from './quarantine.js';
import { type TurnPorts, takeTurn } from './take-turn.js';
import type { TurnOutcome } from './turn-outcome.js';

export interface AdvanceRunOptions {
  database: Database;
  publisher: RunEventPublisher;
  calls: ModelCalls;
  weights: TenantWeights;
  tools: ReadonlyMap<string, Tool>;
  leases: LeaseKeeper;
  doorbell: Doorbell;
  leaseSeconds: number;
  logger: Logger;
  metrics: Metrics;
}

/**
 * How long a finished turn waits for Postgres to take it, in milliseconds. Longer than a lease: as long as nobody has taken
 * the run over, the commit still holds, and a paid answer is kept.
 */
const COMMIT_PATIENCE_MS = 60_000;

/** Advances a run by one model turn: claim, turn, fenced commit, then tell the readers and ring who is next. */
export class AdvanceRun {
  readonly #options: AdvanceRunOptions;
  /** Names this process in `runs.lease_owner`. */
  readonly #owner = newId();
  readonly #quarantine: Quarantine;
  #closed = false;

  constructor(options: AdvanceRunOptions) {
    this.#options = options;
    const { leases, leaseSeconds } = options;
    this.#quarantine = new Quarantine({ turns: () => leases.size, maxWaitMs: leaseSeconds * 1_000 });
  }

  /** Takes no more runs; those under way go on. */
  close(): void {
    this.#closed = true;
  }

  /** Does nothing when the run is held by another worker, parked, or ended: a ring may come late or twice. */
  async advance(runId: string): Promise<void> {
    const { database, leases, publisher, leaseSeconds } = this.#options;
    if (this.#closed || this.#quarantine.closed || leases.has(runId)) return;
    failpoint('advance.before-claim');
    const claimed = await claimRun(database, runId, this.#owner, leaseSeconds);
    if (!claimed) return;
    failpoint('advance.after-claim');
    const lease = leases.hold(claimed.id, claimed.attempt, claimed.deadlineInMs);
    const log = publisher.open(claimed.id, claimed.attempt, claimed.lastEvent);
    const startedAt = performance.now();
    try {
      const { calls, tools } = this.#options;
      const lost = await accountForLostCalls(database, claimed, { tools, prices: calls.prices });
      const run = { ...claimed, usage: lost.map(usageOf).reduce(addUsage, claimed.usage) };
      const ports: TurnPorts = {
        caller: calls.caller,
        prices: calls.prices,
        tools,
        weight: this.#options.weights.of(claimed.tenantId),
        signal: lease.signal,
        onEvent: (event) => log.append(event),
        budgetLeft: () => calls.budgetLeft(ownerOf(run)),
        reserve: (call) => calls.reserve(ownerOf(run), callLedgerId(run.id, run.attempt, call.number), call),
      };
      const outcome = await this.#quarantine.work(run, lease.signal, () => takeTurn(run, ports));
      if ('abandoned' in outcome) await this.#abandon(run, outcome.abandoned);
      else await this.#finish(run, log, outcome, lost, performance.now() - startedAt);
    } finally {
      publisher.close(log);
      lease.release();
    }
  }

  /** Starts the run that is next on a thread. What fails here is found by the workers' own looks. */
  async advanceThread(threadId: string): Promise<void> {
    const { database, doorbell, publisher, logger } = this.#options;
    try {
      const { started, cancelled } = await advanceThread(database, threadId);
      for (const { runId, event } of cancelled) {
        const body: RunEventBody = { type: 'run.cancelled', data: { run_id: runId } };
        if (event) publisher.publishStored(runId, body, event);
      }
      for (const { runId, dispatch } of started) doorbell.advanceRun({ run_id: runId, step: 0, dispatch }, 0);
    } catch (error) {
      logger.warn({ err: error, thread: threadId }, 'the next run of a thread could not be started for now');
    }
  }

  async #finish(
    run: ClaimedRun,
    log: RunLogWriter,
    reached: TurnOutcome,
    lost: LedgerRow[],
    tookMs: number,
  ): Promise<void> {
    const unstored = await log.takeUnstored();
    const store = ({ events, ...rows }: TurnOutcome) =>
      this.#commit({
        runId: run.id,
        attempt: run.attempt,
        ...rows,
        ledger: [...lost, ...rows.ledger],
        events: [...unstored.events, ...events],
        firstEvent: unstored.firstN,
      });
    failpoint('commit.before');
    let outcome = reached;
    let committed = await store(outcome);
    if (!committed && reached.next.status === 'completed') {
      // Refused when somebody sent the run a message that no turn has read; and when another attempt has the run.
      outcome = goOn(reached);
      committed = await store(outcome);
    }
    if (!committed) return this.#abandon(run, outcome.ledger);
    this.#options.calls.settle(run.tenantId, [...lost, ...outcome.ledger]);
    const { events } = outcome;
    failpoint('commit.after');
    log.appendStored(events);
    failpoint('commit.after-publish');
    this.#measure(run, outcome, tookMs);
    if (committed.cancelRequested && (await this.#cancelParked(run, outcome))) return;
    if (committed.paused && (await this.#restPaused(run, outcome))) return;
    this.#ring(run, outcome, committed);
    failpoint('commit.after-ring');
    if (committed.waitingRuns > 0) await this.advanceThread(run.threadId);
  }

  /**
   * The commit is fenced, so sending it again stores nothing twice. Where the first reply was lost, the second says that
   * the run has moved on; then it is looked up whether it was this attempt that moved it.
   */
  #commit(commit: StepCommit): Promise<CommittedStep | undefined> {
    const { database } = this.#options;
    return whileUnavailable(COMMIT_PATIENCE_MS, async (retry) => {
      const committed = await commitStep(database, commit);
      return committed ?? (retry ? readCommit(database, commit.runId, commit.attempt) : undefined);
    });
  }

  /** Another attempt has the run, so nothing of this one may be kept; its call is paid all the same. */
  async #abandon(run: ClaimedRun, ledger: LedgerRow[]): Promise<void> {
    const { database, calls, logger } = this.#options;
    logger.warn({ run: run.id, attempt: run.attempt }, 'the run moved on without this attempt');
    await whileUnavailable(COMMIT_PATIENCE_MS, async () => {
      for (const row of ledger) await recordUsage(database, { ...run, runId: run.id }, row);
    });
    calls.settle(run.tenantId, ledger);
  }

  /** A cancel that came in during the turn's last moments found the run running; now it is parked and ends here. */
  async #cancelParked(run: ClaimedRun, { next }: TurnOutcome): Promise<boolean> {
    if (next.status !== 'queued' && next.status !== 'waiting') return false;
    failpoint('commit.before-cancel');
    const ended = await endParkedRun(this.#options.database, run.id, 'cancelled', run.tenantId);
    if (!ended) return false;
    const event: RunEventBody = { type: 'run.cancelled', data: { run_id: run.id } };
    this.#options.publisher.publishStored(run.id, event, ended);
    if (ended.threadToAdvance !== undefined) await this.advanceThread(ended.threadToAdvance);
    return true;
  }

  /** A pause that came in during the turn: the run rests now, and its readers hear of it. */
  async #restPaused(run: ClaimedRun, { next }: TurnOutcome): Promise<boolean> {
    if (next.status !== 'queued' && next.status !== 'waiting') return false;
    const rests = await restPausedRun(this.#options.database, run.id, run.attempt);
    if (!rests) return false;
    const event: RunEventBody = { type: 'run.waiting', data: { kind: 'pause' } };
    this.#options.publisher.publishStored(run.id, event, rests);
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

/** Whose budgets a run's calls take from. */
function ownerOf({ tenantId, userId, agent, options }: ClaimedRun): CallOwner {
  return { tenantId, userId, agent, apiKeyId: options.api_key_id ?? null };
}
