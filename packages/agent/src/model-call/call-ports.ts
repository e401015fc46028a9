import type { ModelId } from '@troupe/contracts';
import type {
  CallExperience,
  CallLimiter,
  CallLimits,
  CircuitBreakers,
  LimitDimension,
  LimitFeedback,
  LimitScope,
  ModelCatalog,
  ModelResponse,
} from '@troupe/spec';

export interface CallClock {
  /** Monotonic. Milliseconds. */
  now(): number;
  /** Resolves when the time is over or the signal aborts; never throws. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls again and again until the function that it returns is called. Keeps no process alive. */
  every(milliseconds: number, work: () => void): () => void;
}

/** Which limits hold for a call. */
export interface CallRules {
  scopeOf(model: ModelId, account: string): LimitScope;
  limitsOf(scope: LimitScope): CallLimits | undefined;
}

/** What a model call needs of the world. */
export interface CallPorts {
  models: ModelCatalog;
  limiter: CallLimiter;
  rules: CallRules;
  breakers: CircuitBreakers;
  /** What other processes have learned of the models; absent: this one is alone. */
  experience?: CallExperience | undefined;
  clock: CallClock;
  /** Uniform in [0, 1). */
  random(): number;
  /** What a provider said of its limits, in an answer or an error. */
  feedbackOf(said: ModelResponse | Error): LimitFeedback | undefined;
  /** Told that a limit keeps a call back, for how long as far as is known; the call may wait for less and ask again. */
  onWait?: ((wait: { model: ModelId; dimension: LimitDimension; waitMs: number }) => void) | undefined;
  /** Told what failed beside the call itself; the call goes on. */
  onTrouble(error: unknown): void;
}
