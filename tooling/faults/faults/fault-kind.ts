import type { CallName } from '../load/case-plan.js';
import type { Random } from '../random.js';
import type { Stack } from '../stack/stack.js';

export interface FaultContext {
  stack: Stack;
  /** The fault's own numbers: which process, how long, which point. */
  random: Random;
  /** Of the fault in its schedule; oracles name it in what they write down. */
  number: number;
  /** Plays one more case beside the load, for a fault that needs it. Resolves when the case is over. */
  play(extra: ExtraCase): Promise<void>;
}

/** What is particular about a case that a fault plays. */
export interface ExtraCase {
  rounds: CallName[][];
  cancelAfterMs?: number;
  /** Its run kills every worker that takes it. */
  poisoned?: boolean;
}

export interface FaultResult {
  /** It met something. A reply that nobody asked for cannot be lost. */
  hit: boolean;
  /** For people: whom, how long. */
  detail: string;
}

/** One way to do harm. */
export interface FaultKind {
  /** `kill llm-worker`: what is done, then to whom. */
  name: string;
  family: string;
  /** Its number in the fault plan. */
  plan: string;
  /** How often it is drawn, compared with others of its family. */
  weight: number;
  /** After it, a run may fail for its provider although the provider never saw a request. */
  harmsProvider?: true;
  /** Does the harm and, where it lasts, ends it. */
  inject(context: FaultContext): Promise<FaultResult>;
}

export const missed = (detail: string): FaultResult => ({ hit: false, detail });
export const done = (detail: string): FaultResult => ({ hit: true, detail });
