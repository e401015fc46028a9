import { Inject, Injectable } from '@nestjs/common';
import type { LimitKey, LimitNumbers, LimitUsage } from '@troupe/contracts';
import { LimitTable } from '@troupe/database';
import type { CallLimiter, CallLimits, LimitScope, LimitState, ModelCatalog } from '@troupe/spec';
import { LIMITER, MODELS } from '../tokens.js';
import { HeldRuns } from './held-runs.js';
import { providerAccounts } from './provider-accounts.js';

/** How full the limits are, asked of the limiter that all processes share. */
@Injectable()
export class LimitUsages {
  constructor(
    @Inject(LimitTable) private readonly table: LimitTable,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(LIMITER) private readonly limiter: CallLimiter,
    @Inject(HeldRuns) private readonly heldRuns: HeldRuns,
  ) {}

  /** Of every limit in effect, for each account of its provider. */
  async list(): Promise<LimitUsage[]> {
    const limits = this.table.rules.all.filter(({ in_effect }) => in_effect);
    const scopes = await Promise.all(limits.map((limit) => this.#scopesOf(limit)));
    return this.#usagesOf(scopes.flat());
  }

  /** Lifts the pause that a provider asked for, for one account or all of its accounts. */
  async forgive(key: LimitKey): Promise<LimitUsage[]> {
    const scopes = await this.#scopesOf(key);
    await Promise.all(scopes.map((scope) => this.limiter.forgive(scope)));
    await this.heldRuns.wake(key);
    return this.#usagesOf(scopes);
  }

  /** What is counted together with calls of that key; a model without a limit is counted alone. */
  async #scopesOf({ provider, model, account }: LimitKey): Promise<LimitScope[]> {
    const found = account === undefined ? await providerAccounts(this.models, provider) : undefined;
    const ofProvider = found?.known ? found.accounts : [];
    const accounts = account === undefined ? ofProvider : [account];
    return accounts.map((one) => this.table.scopeOf(`${provider}/${model}`, one) ?? { provider, account: one, model });
  }

  async #usagesOf(scopes: readonly LimitScope[]): Promise<LimitUsage[]> {
    // Two limits may be about the same: one of an account and one of every account.
    const distinct = new Map(scopes.map((scope) => [JSON.stringify(scope), scope]));
    return Promise.all([...distinct.values()].map(async (scope) => usageOf(await this.limiter.state(scope))));
  }
}

function usageOf({ scope, limits, available, underWay, waiting, pausedUntil }: LimitState): LimitUsage {
  const { provider, model, account } = scope;
  return {
    ...{ provider, model, account },
    limits: limitNumbers(limits),
    available: { ...available },
    under_way: underWay,
    waiting,
    paused_until: pausedUntil,
  };
}

function limitNumbers({ rpm, tpm, inputTpm, outputTpm, rpd, maxConcurrency }: CallLimits): LimitNumbers {
  return {
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(inputTpm !== undefined && { input_tpm: inputTpm }),
    ...(outputTpm !== undefined && { output_tpm: outputTpm }),
    ...(rpd !== undefined && { rpd }),
    ...(maxConcurrency !== undefined && { max_concurrency: maxConcurrency }),
  };
}
