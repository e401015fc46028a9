import { type CallPorts, type CallResult, ModelCaller, type PlannedCall, type StartedCall } from '@troupe/agent';
import { type ModelId, parseModelId } from '@troupe/contracts';
import {
  BudgetGuard,
  type ClaimedFollowUp,
  callLedgerId,
  type Database,
  type LedgerRow,
  type LimitTable,
} from '@troupe/database';
import { largestCost } from '@troupe/prices';
import { limitFeedbackOf } from '@troupe/providers';
import { systemClock } from '@troupe/rate-limiter';
import type {
  CallExperience,
  CallLimiter,
  CircuitBreakers,
  LimitDimension,
  LimitScope,
  ModelCatalog,
  PriceBook,
} from '@troupe/spec';

export interface ModelCallsOptions {
  database: Database;
  models: ModelCatalog;
  prices: PriceBook;
  limiter: CallLimiter;
  limits: LimitTable;
  breakers: CircuitBreakers;
  /** Absent: this process learns alone. */
  experience?: CallExperience;
  /** Counts for whoever operates the process. */
  meter?: CallMeter | undefined;
  /** Told what failed beside a call. */
  onTrouble(error: unknown): void;
}

export interface CallMeter {
  /** A call came to its end, whatever that was. */
  countCall(call: LedgerRow): void;
  /** A limit keeps a call back. */
  countWait(wait: { model: ModelId; dimension: LimitDimension; waitMs: number }): void;
}

/** Whose money a call takes. */
export interface CallOwner {
  tenantId: string;
  userId: string | null;
  /** Slug; null for calls of no agent. */
  agent: string | null;
  apiKeyId?: string | null;
}

/** Everything that a process needs to call models: one of it in each. */
export class ModelCalls {
  readonly caller: ModelCaller;
  /** Of agents that name none. */
  readonly defaultModel: ModelId;
  readonly prices: PriceBook;
  readonly limiter: CallLimiter;
  readonly limits: LimitTable;
  readonly scopeOf: CallPorts['rules']['scopeOf'];
  readonly #budgets: BudgetGuard;
  readonly #meter: CallMeter | undefined;
  readonly #onTrouble: (error: unknown) => void;

  constructor(options: ModelCallsOptions) {
    const { database, models, prices, limiter, limits, breakers, experience, meter, onTrouble } = options;
    this.defaultModel = models.defaultModel;
    this.prices = prices;
    this.limiter = limiter;
    this.limits = limits;
    this.#budgets = new BudgetGuard({ database });
    this.#meter = meter;
    this.#onTrouble = onTrouble;
    // A model without limits has a scope all the same: its provider may ask for a pause.
    this.scopeOf = (model, account) => limits.scopeOf(model, account) ?? unlimited(model, account);
    this.caller = new ModelCaller({
      models,
      limiter,
      rules: { scopeOf: this.scopeOf, limitsOf: (scope) => limits.limitsOf(scope) },
      breakers,
      experience,
      clock: systemClock,
      random: Math.random,
      feedbackOf: limitFeedbackOf,
      onWait: meter && ((wait) => meter.countWait(wait)),
      onTrouble,
    });
  }

  /** The answer that a task wants. Nobody waits for it: limits let the calls of runs pass first. */
  answerTask(task: ClaimedFollowUp, call: Pick<PlannedCall, 'request' | 'signal'>): Promise<CallResult> {
    const { id, tenantId, userId, model, attempt, handBacks } = task;
    return this.caller.call({
      ...call,
      // The same while the task only waits for a limit: it keeps its place in the line.
      id: `${id}.${attempt - handBacks}`,
      routes: [model],
      tenant: tenantId,
      priority: 'background',
      onStart: (started) =>
        this.reserve({ tenantId, userId, agent: null }, callLedgerId(id, attempt, started.number), started),
    });
  }

  /**
   * Sets money aside for a request that is about to leave.
   * @param callId that of its ledger row
   * @throws TroupeError `budget_exceeded`
   */
  async reserve(owner: CallOwner, callId: string, { model, most }: StartedCall): Promise<void> {
    // Prices are looked up for nobody who has no budget: this is on the way of every call.
    if (!(await this.#budgets.binds(owner.tenantId))) return;
    const amount = largestCost(this.prices, model, most) ?? null;
    await this.#budgets.reserve({ ...owner, callId, amount });
  }

  /** What the tightest budget of a call's owner has left, in US dollars; undefined: none binds it. */
  budgetLeft(owner: CallOwner): Promise<number | undefined> {
    return this.#budgets.left(owner);
  }

  /** Charges what calls have cost, once their rows are stored. What fails here is charged by a sweep. */
  settle(tenantId: string, rows: readonly LedgerRow[]): void {
    if (this.#meter) for (const row of rows) this.#meter.countCall(row);
    this.#budgets.settle(tenantId, rows).catch(this.#onTrouble);
  }
}

function unlimited(id: ModelId, account: string): LimitScope {
  const { provider, model } = parseModelId(id) ?? { provider: id, model: id };
  return { provider, account, model };
}
