/** What a provider counts together: one account's use of one model family. Holds no secret. */
export interface LimitScope {
  provider: string;
  /** Which of the provider's keys: `ChatModel.accounts`. */
  account: string;
  /** The model, or the family that shares its limits. */
  model: string;
}

/** Absent: not limited. Tokens are limited together (`tpm`), or input and output apart, as the provider does it. */
export interface CallLimits {
  /** Requests in any 60 s. */
  rpm?: number;
  /** Input and output tokens in any 60 s. */
  tpm?: number;
  inputTpm?: number;
  outputTpm?: number;
  /** Requests in any 24 h. */
  rpd?: number;
  /** Calls under way at once. */
  maxConcurrency?: number;
}

/** What can hold a call back. `penalty`: the provider itself asked for a pause. `line`: others came before. */
export type LimitDimension = 'rpm' | 'tpm' | 'input_tpm' | 'output_tpm' | 'rpd' | 'concurrency' | 'penalty' | 'line';

export interface CallTokens {
  input: number;
  output: number;
}

/** One call that wants to be made. */
export interface LimitedCall {
  /** Names its reservation and its place in the line. Asking again under the same id takes nothing twice. */
  id: string;
  /** What it will cost at most, as far as anybody can tell before. */
  tokens: CallTokens;
  tenant: string;
  /** Share of its tenant, compared with others; 1 unless told otherwise. */
  weight?: number;
  /** Background calls go behind interactive ones, within a starvation bound. */
  priority: 'interactive' | 'background';
}

export type Admission =
  | { admitted: true }
  | {
      admitted: false;
      /** Expected; ask again then. Milliseconds. */
      waitMs: number;
      dimension: LimitDimension;
      /** Place in the line of those that wait for the same scope; the first is 1. */
      position: number;
    };

/** What a provider said of its own limits in an answer or an error. Only ever tightens. */
export interface LimitFeedback {
  /** From `Retry-After` or a reset header: no call before then. Milliseconds. */
  pauseMs?: number;
  /** What the provider says is left in its window. */
  remaining?: { requests?: number; tokens?: number; inputTokens?: number; outputTokens?: number };
  /** A call went through: a pause that a provider had asked for is over. */
  succeeded?: boolean;
}

/** How full a scope is. */
export interface LimitState {
  scope: LimitScope;
  limits: CallLimits;
  /** What the limited dimensions have left now, in their own units. */
  available: Partial<Record<LimitDimension, number>>;
  underWay: number;
  waiting: number;
  /** Until when the provider asked for a pause; RFC 3339. */
  pausedUntil: string | null;
}

/**
 * Grants calls so that no limit is passed in any window, by any number of processes. Refusing changes nothing but the line.
 * While its store is away it grants this process its share, never everything.
 */
export interface CallLimiter {
  /** @throws TroupeError `limit_exceeded` when the call is larger than a limit, so that no waiting would help. */
  acquire(scope: LimitScope, call: LimitedCall): Promise<Admission>;

  /** Says that the calls are still under way; those that nobody speaks for are taken for dead and settled at their estimate. */
  renew(scope: LimitScope, ids: readonly string[]): Promise<void>;

  /** The call is over: what it really took replaces the estimate. Once or often, the effect is the same. */
  settle(scope: LimitScope, id: string, tokens: CallTokens): Promise<void>;

  /** Gives up a place in the line, or a reservation whose call was never sent. */
  leave(scope: LimitScope, id: string): Promise<void>;

  tighten(scope: LimitScope, feedback: LimitFeedback): Promise<void>;

  /** Takes a provider's pause away, as an operator may know better. */
  forgive(scope: LimitScope): Promise<void>;

  state(scope: LimitScope): Promise<LimitState>;
}
