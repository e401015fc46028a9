import type { ModelId, RunEventBody } from '@troupe/contracts';
import type { LimitDimension, ModelEvent, ModelRequest, ModelResponse, ModelUsage } from '@troupe/spec';

/** One answer that is wanted, whichever model gives it. */
export interface PlannedCall {
  /** Names its place in the lines of the limits. The same for who asks again after a wait, another for every new try. */
  id: string;
  /** Models to ask, in order of preference: each when those before it cannot answer. */
  routes: readonly ModelId[];
  request: ModelRequest;
  tenant: string;
  /** Share of the tenant, compared with others; 1 unless told. */
  weight?: number;
  priority: 'interactive' | 'background';
  signal: AbortSignal;
  /** How long it waits in place for a limit, all in all; 2,000 unless told. Milliseconds. */
  patienceMs?: number;
  /** Further tries of a route that failed before it said anything; 0 where the caller tries again by itself. */
  retries?: number;
  /** Right before a request leaves. What it throws ends the call, and nothing is sent. */
  onStart?(call: StartedCall): void | Promise<void>;
  /** Told of every piece of text and reasoning as it arrives. Absent: the answer is asked for in one piece. */
  onEvent?(event: RunEventBody): void;
  /** The same in the model's own words, calls of tools included; in place of `onEvent`. It is waited for. */
  onModelEvent?(event: Exclude<ModelEvent, { type: 'completed' }>): void | Promise<void>;
}

/** A request that leaves for a provider. */
export interface StartedCall {
  /** 1 for the first of the planned call. */
  number: number;
  model: ModelId;
  /** What it can take at most: the output that is allowed, or that the model can give at all; else what it will take. Tokens. */
  most: { input: number; output: number };
  /** Those of the planned call that left before it and failed. */
  before: readonly CallAttempt[];
}

/** A request that left, and what became of it. Each is paid, and gets a row in the ledger. */
export interface CallAttempt {
  number: number;
  model: ModelId;
  /** Undefined: it was answered. */
  error?: unknown;
  usage: ModelUsage;
}

export type CallResult = { attempts: CallAttempt[] } & (
  | { type: 'answered'; response: ModelResponse; model: ModelId }
  /** No limit lets it through for now. */
  | { type: 'held'; waitMs: number; dimension: LimitDimension; position: number; model: ModelId }
  /** `spoke`: some of an answer was told to `onEvent` before it broke off. */
  | { type: 'failed'; error: unknown; spoke: boolean }
);
