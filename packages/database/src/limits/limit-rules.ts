import { type Limit, type LimitNumbers, type ModelId, parseModelId, type SourcedLimitRule } from '@troupe/contracts';
import type { CallLimits, LimitScope } from '@troupe/spec';
import { coversModel, inLimitOrder, sameLimit } from './limit-order.js';

interface RuleInEffect {
  rule: SourcedLimitRule;
  limits: CallLimits;
}

/**
 * Says which limit a call falls under. The most specific one counts: a model's name before the longest pattern before
 * `*`; of those for the same models the one of the account before that of every account; of two with the same key the
 * one set by API before that of the file before that of the environment. It counts alone: numbers are not mixed.
 */
export class LimitRules {
  /** Every limit in the order in which they are asked, with those that another source hides. */
  readonly all: readonly Limit[];
  readonly #inEffect = new Map<string, RuleInEffect[]>();

  constructor(rules: readonly SourcedLimitRule[]) {
    const ordered = [...rules].sort(inLimitOrder);
    this.all = ordered.map((rule, index) => {
      const before = ordered[index - 1];
      return { ...rule, in_effect: before === undefined || !sameLimit(before, rule) };
    });
    for (const { in_effect, ...rule } of this.all) {
      if (!in_effect) continue;
      const ofProvider = this.#inEffect.get(rule.provider) ?? [];
      this.#inEffect.set(rule.provider, [...ofProvider, { rule, limits: callLimits(rule) }]);
    }
  }

  /**
   * What the provider counts together with a call of that model; undefined when nothing limits it. Models under one
   * pattern share its scope, which then has the pattern in place of a name.
   * @param modelId `provider/model`
   * @param account one of the model's `accounts`
   */
  scopeOf(modelId: ModelId, account: string): LimitScope | undefined {
    const parsed = parseModelId(modelId);
    if (parsed === undefined) return undefined;
    const { provider, model } = parsed;
    const found = this.#find(provider, account, (rule) => coversModel(rule, model));
    return found && { provider, account, model: found.rule.model };
  }

  /** The limits of a scope from `scopeOf`; undefined when it is not limited, or no longer. */
  limitsOf({ provider, account, model }: LimitScope): CallLimits | undefined {
    return this.#find(provider, account, (rule) => rule.model === model)?.limits;
  }

  #find(provider: string, account: string, isWanted: (rule: SourcedLimitRule) => boolean): RuleInEffect | undefined {
    return this.#inEffect
      .get(provider)
      ?.find(({ rule }) => (rule.account === undefined || rule.account === account) && isWanted(rule));
  }
}

function callLimits({ rpm, tpm, input_tpm, output_tpm, rpd, max_concurrency }: LimitNumbers): CallLimits {
  return {
    ...(rpm !== undefined && { rpm }),
    ...(tpm !== undefined && { tpm }),
    ...(input_tpm !== undefined && { inputTpm: input_tpm }),
    ...(output_tpm !== undefined && { outputTpm: output_tpm }),
    ...(rpd !== undefined && { rpd }),
    ...(max_concurrency !== undefined && { maxConcurrency: max_concurrency }),
  };
}
