import { addUsage, runConfiguration } from '@troupe/agent';
import { isTerminal, newId, type RunEventBody, timeOfId } from '@troupe/contracts';
import {
  advanceThread,
  type ClaimedRun,
  type CommittedStep,
  callLedgerId,
  claimRuns,
  commitStep,
  commitSteps,
  correctUsage,
  type Database,
  endParkedRun,
  Gatherer,
  isPlainCommit,
  type LedgerRow,
  readAgentCards,
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
import { type PermissionSources, permissionSources } from '../approvals/permission-sources.js';
import type { LeaseKeeper } from '../leases/lease-keeper.js';
import type { SubrunEnds } from '../subruns/subrun-ends.js';
import { accountForLostCalls } from './account-for-lost-calls.js';
import type { Doorbell } from './doorbell.js';
import { goOn } from './go-on.js';
import { ledgerOfTurn, usageOf } from './ledger-of-turn.js';
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
  subruns: SubrunEnds;
  leaseSeconds: number;
  logger: Logger;
  metrics: Metrics;
}

/**
 * How long a finished turn waits for Postgres to take it, in milliseconds. Longer than a lease: as long as nobody has taken
 * the run over, the commit still holds, and a paid answer is kept.
 */
const COMMIT_PATIENCE_MS = 60_000;

/** How many runs are claimed or committed by one statement: what they cost together is paid back by then. */
const MOST_TOGETHER = 16;

/** Advances a run by one model turn: claim, turn, fenced commit, then tell the readers and ring who is next. */
export class AdvanceRun {
  readonly #options: AdvanceRunOptions;
  /** Names this process in `runs.lease_owner`. */
  readonly #owner = newId();
  readonly #claims: Gatherer<string, ClaimedRun | undefined>;
  readonly #commits: Gatherer<StepCommit, CommittedStep | undefined>;
  readonly #quarantine: Quarantine;
  readonly #permissions: PermissionSources;
  #closed = false;

  constructor(options: AdvanceRunOptions) {
    this.#options = options;
    const { database, leases, leaseSeconds } = options;
    this.#claims = new Gatherer({
      together: (runIds) => claimRuns(database, runIds, this.#owner, leaseSeconds),
      most: MOST_TOGETHER,
    });
    this.#commits = new Gatherer({ together: (commits) => commitSteps(database, commits), most: MOST_TOGETHER });
    this.#permissions = permissionSources(database);
    this.#quarantine = new Quarantine({ turns: () => leases.size, maxWaitMs: leaseSeconds * 1_000 });
  }

  /** Takes no more runs; those under way go on. */
  close(): void {
    this.#closed = true;
  }

  /** Does nothing when the run is held by another worker, parked, or ended: a ring may come late or twice. */
  async advance(runId: string): Promise<void> {
    const { database, leases, publisher } = this.#options;
    if (this.#closed || this.#quarantine.closed || leases.has(runId)) return;
    failpoint('advance.before-claim');
    const found = await this.#claims.add(runId);
    if (!found) return;
    const claimed = { ...found, configuration: runConfiguration(found.configuration, found.options) };
    failpoint('advance.after-claim');
    const lease = leases.hold(claimed.id, claimed.attempt, claimed.deadlineInMs);
    const log = publisher.open(claimed.id, claimed.attempt, claimed.lastEvent);
    const startedAt = performance.now();
    try {
      const { calls, tools } = this.#options;
      const lost = await accountForLostCalls(database, claimed, { tools, prices: calls.prices });
      const run = withLostCalls(claimed, lost);
      const ports: TurnPorts = {
        caller: calls.caller,
        prices: calls.prices,
        tools,
        agents: {
          read: (slugs) => readAgentCards(database, run.tenantId, slugs),
          defaultModel: calls.defaultModel,
        },
        permissions: this.#permissions,
        weight: this.#options.weights.of(claimed.tenantId),
        signal: lease.signal,
        onEvent: (event) => log.append(event),
        budgetLeft: () => calls.budgetLeft(ownerOf(run)),
        reserve: async (call) => {
          await this.#recordEarly(run, ledgerOfTurn(run, call.before, calls.prices));
          await calls.reserve(ownerOf(run), callLedgerId(run.id, run.attempt, call.number), call);
        },
        noteJudged: (row) => this.#recordEarly(run, [row]),
        correctJudged: (rows) => this.#correctEarly(run, rows),
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
    const store = ({ events, otherwise: _, ...rows }: TurnOutcome) =>
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
    if (!committed && reached.otherwise) {
      // Refused when the agent that was to take over has been deleted.
      outcome = { ...reached, handoff: undefined, ...reached.otherwise };
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
    if (run.parentRunId !== null && isTerminal(outcome.next.status)) await this.#options.subruns.ended(run.id);
    if (committed.waitingRuns > 0) await this.advanceThread(run.threadId);
  }

  /**
   * The commit is fenced, so sending it again stores nothing twice. Where the first reply was lost, the second says that
   * the run has moved on; then it is looked up whether it was this attempt that moved it.
   */
  #commit(commit: StepCommit): Promise<CommittedStep | undefined> {
    const { database } = this.#options;
    return whileUnavailable(COMMIT_PATIENCE_MS, async (retry) => {
      // A second try goes alone: what kept the first from being stored is not to keep others.
      const committed =
        retry || !isPlainCommit(commit) ? await commitStep(database, commit) : await this.#commits.add(commit);
      return committed ?? (retry ? readCommit(database, commit.runId, commit.attempt) : undefined);
    });
  }

  /**
   * Calls that failed before another is made are on the ledger at once: should this worker die over the next one, nobody else
   * knows of them. The turn's commit has them too and stores them no second time.
   */
  async #recordEarly(run: ClaimedRun, ledger: readonly LedgerRow[]): Promise<void> {
    const { database, logger } = this.#options;
    try {
      for (const row of ledger) await recordUsage(database, { ...run, runId: run.id }, row);
    } catch (error) {
      logger.warn({ err: error, run: run.id }, 'failed calls could not be put on the ledger before the next one');
    }
  }

  /** The same rows once it is known what their calls took. Where that cannot be stored the commit's own sum holds all the same. */
  async #correctEarly(run: ClaimedRun, ledger: readonly LedgerRow[]): Promise<void> {
    const { database, logger } = this.#options;
    try {
      for (const row of ledger) await correctUsage(database, row, { runId: run.id, attempt: run.attempt });
    } catch (error) {
      logger.warn({ err: error, run: run.id }, 'what a judge took could not be put on the ledger');
    }
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
    this.#options.metrics.runEnded('cancelled', (Date.now() - timeOfId(run.id)) / 1_000);
    const event: RunEventBody = { type: 'run.cancelled', data: { run_id: run.id } };
    this.#options.publisher.publishStored(run.id, event, ended);
    if (run.parentRunId !== null) await this.#options.subruns.ended(run.id);
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

  #ring(
    run: ClaimedRun,
    { next, toolCalls, approvals = [], followUps }: TurnOutcome,
    { step, dispatch }: CommittedStep,
  ): void {
    const { doorbell } = this.#options;
    if (next.status === 'queued') doorbell.advanceRun({ run_id: run.id, step, dispatch }, next.wakeInMs);
    const waiting = new Set(approvals.map(({ tool_call_id }) => tool_call_id));
    for (const call of toolCalls.filter(({ id }) => !waiting.has(id)))
      doorbell.executeTool({ run_id: run.id, tool_call_id: call.id, dispatch: 1 });
    for (const followUp of followUps) doorbell.followUp(followUp.kind, followUp.id);
  }

  #measure(run: ClaimedRun, { next, ledger }: TurnOutcome, tookMs: number): void {
    const { metrics, logger } = this.#options;
    // Of calls that were tried anew within the turn the time of each is not known, only that of all.
    const last = ledger.at(-1);
    if (last) {
      const { provider, model, outcome } = last;
      metrics.callTook({ provider, model, outcome }, tookMs / 1_000);
    }
    if (next.status === 'waiting') metrics.runsParked.inc({ waits_for: next.waitKind });
    if (next.status === 'queued' && PARKING.has(next.because)) metrics.runsParked.inc({ waits_for: next.because });
    if (next.status === 'queued' || next.status === 'waiting') return;
    metrics.runEnded(next.status, (Date.now() - timeOfId(run.id)) / 1_000);
    if (next.status === 'failed') {
      const { code, message } = next.error;
      logger.warn({ run: run.id, agent: run.agent, model: run.model, code }, `the run failed: ${message}`);
    } else {
      logger.debug({ run: run.id, status: next.status, ms: Math.round(tookMs) }, 'the run ended');
    }
  }
}

/** Why a queued run lets go of its worker for a while. */
const PARKING: ReadonlySet<string> = new Set(['retry', 'rate_limit']);

/** The calls of dead workers count like those that came to an end. */
function withLostCalls(run: ClaimedRun, lost: readonly LedgerRow[]): ClaimedRun {
  if (lost.length === 0) return run;
  const taken = run.taken && { ...run.taken, requests: run.taken.requests + lost.length };
  return { ...run, taken, usage: lost.map(usageOf).reduce(addUsage, run.usage) };
}

/** Whose budgets a run's calls take from. */
function ownerOf({ tenantId, userId, agent, options }: ClaimedRun): CallOwner {
  return { tenantId, userId, agent, apiKeyId: options.api_key_id ?? null };
}
