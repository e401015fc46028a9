import type { ModelId } from './model-id.js';

/** What a request to a model must be like. Every condition that is there has to hold; none: every request. */
export interface RoutingConditions {
  /** Input tokens, as estimated before the request leaves. */
  min_input_tokens?: number;
  max_input_tokens?: number;
  /** Whether the model may call tools. */
  has_tools?: boolean;
  /** Whether the model is shown a picture, also one from earlier in the thread. */
  has_images?: boolean;
  has_files?: boolean;
  /** Number of the model turn within its run, from 1. */
  min_turn?: number;
  max_turn?: number;
  /** Holds when the tightest of the budgets that the call counts against has less left than this. US dollars. */
  budget_below_usd?: number;
}

export interface RoutingRule {
  when: RoutingConditions;
  /** Name of a tier. */
  use: string;
}

/** Which model answers which request of an agent. */
export interface Routing {
  /** Models by the kind of task, under names of one's own; `simple` and `complex` are the usual ones. */
  tiers: Record<string, ModelId>;
  /** The tier of requests that no rule speaks of; absent: the agent's model. */
  default?: string;
  /** The first that holds decides. */
  rules?: RoutingRule[];
}

/**
 * What decided: the request's `model` or `tier`, a rule, the default tier, the model of an agent without one, or that the
 * run began with this model and keeps it.
 */
export type RouteReason = 'request_model' | 'request_tier' | 'rule' | 'default_tier' | 'agent_model' | 'kept';

/** A model that was asked, and `completed` or the code of the error that it answered with. */
export interface RouteTry {
  model: ModelId;
  outcome: string;
}

/** Why a step was answered by the model that it was. */
export interface StepRoute {
  /** Null: the model was not chosen by a tier. */
  tier: string | null;
  /** Place of the rule that decided among the rules of the agent's version, from 0. */
  rule: number | null;
  reason: RouteReason;
  /** The requests of the attempt that finished the step, in order. Models that were at their limit or rested were not asked. */
  tried: RouteTry[];
}
