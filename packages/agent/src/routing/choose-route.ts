import type { AgentConfiguration, ModelId, RouteReason, RunOptions } from '@troupe/contracts';
import { matchingRule, type RoutedRequest } from './matching-rule.js';
import { modelOfTier } from './model-of-tier.js';

export interface RouteQuestion extends RoutedRequest {
  /** The run's: the one that was named, else the agent's, else the server's default. */
  model: ModelId;
  options: Pick<RunOptions, 'model' | 'tier' | 'fallback_models'>;
  configuration: Pick<AgentConfiguration, 'routing' | 'fallback_models'>;
  /** Who answered the turn of the run before, and the tier by which it was chosen; null: nobody yet. */
  answered: { model: ModelId; tier: string | null } | null;
}

export interface ChosenRoute {
  /** To ask in this order; at least one. */
  models: ModelId[];
  tier: string | null;
  /** Place of the rule that decided. */
  rule: number | null;
  reason: RouteReason;
}

interface Choice extends Omit<ChosenRoute, 'models'> {
  model: ModelId;
  /** A rule that speaks of turns, which is how an agent says that its runs are to change models on their way. */
  ofTurns: boolean;
}

/**
 * Whom to ask. The model that answered a turn keeps the run until it fails: what it thought and what its provider has cached
 * are of no use to another. Only a rule that speaks of turns leads to another tier.
 *
 * @throws TroupeError `invalid_request` for a tier that the agent does not have
 */
export function chooseRoute(question: RouteQuestion): ChosenRoute {
  const { options, configuration, answered } = question;
  const { model, ofTurns, ...choice } = choose(question);
  const fallbacks = options.fallback_models ?? configuration.fallback_models ?? [];
  if (!answered || (ofTurns && choice.tier !== answered.tier))
    return { ...choice, models: inOrder(model, ...fallbacks) };
  const { tier } = answered;
  const before = tier === null ? question.model : modelOfTier(configuration.routing, tier);
  return { tier, rule: null, reason: 'kept', models: inOrder(answered.model, before, ...fallbacks) };
}

/** Whether what is left of budgets can make a difference. */
export function asksForBudget({ options, configuration }: Pick<RouteQuestion, 'options' | 'configuration'>): boolean {
  if (options.model !== undefined || options.tier !== undefined) return false;
  return configuration.routing?.rules?.some(({ when }) => when.budget_below_usd !== undefined) ?? false;
}

function choose(question: RouteQuestion): Choice {
  const { model, options, configuration } = question;
  const { routing } = configuration;
  const byItself = { tier: null, rule: null, ofTurns: false };
  if (options.model !== undefined) return { ...byItself, model, reason: 'request_model' };
  const ofTier = (tier: string) => ({ ...byItself, tier, model: modelOfTier(routing, tier) });
  if (options.tier !== undefined) return { ...ofTier(options.tier), reason: 'request_tier' };
  if (!routing) return { ...byItself, model, reason: 'agent_model' };
  const place = matchingRule(routing, question);
  const rule = place === undefined ? undefined : routing.rules?.[place];
  if (place !== undefined && rule) {
    const ofTurns = rule.when.min_turn !== undefined || rule.when.max_turn !== undefined;
    return { ...ofTier(rule.use), rule: place, ofTurns, reason: 'rule' };
  }
  if (routing.default !== undefined) return { ...ofTier(routing.default), reason: 'default_tier' };
  return { ...byItself, model, reason: 'agent_model' };
}

function inOrder(...models: ModelId[]): ModelId[] {
  return [...new Set(models)];
}
