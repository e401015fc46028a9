import type { CallLimiter, CallTokens, LimitScope } from '@troupe/spec';
import type { CallPorts } from './call-ports.js';

/** A third of what the limiter waits for a sign of life, so that one that is lost does no harm. Milliseconds. */
const RENEW_MS = 10_000;

/** The reservations of calls under way: renewed while they last, and settled once. What fails here never fails a call. */
export class Reservations {
  readonly #limiter: CallLimiter;
  readonly #ports: Pick<CallPorts, 'clock' | 'onTrouble'>;
  readonly #held = new Map<string, LimitScope>();
  #stop: (() => void) | undefined;

  constructor(ports: Pick<CallPorts, 'limiter' | 'clock' | 'onTrouble'>) {
    this.#limiter = ports.limiter;
    this.#ports = ports;
  }

  hold(scope: LimitScope, id: string): void {
    this.#held.set(id, scope);
    this.#stop ??= this.#ports.clock.every(RENEW_MS, () => this.#renew());
  }

  settle(id: string, tokens: CallTokens): void {
    const scope = this.#take(id);
    if (scope) this.#try(this.#limiter.settle(scope, id, tokens));
  }

  /** For a call that was never sent. */
  leave(scope: LimitScope, id: string): void {
    this.#take(id);
    this.#try(this.#limiter.leave(scope, id));
  }

  #take(id: string): LimitScope | undefined {
    const scope = this.#held.get(id);
    this.#held.delete(id);
    if (this.#held.size === 0) {
      this.#stop?.();
      this.#stop = undefined;
    }
    return scope;
  }

  #renew(): void {
    const byScope = new Map<LimitScope, string[]>();
    for (const [id, scope] of this.#held) byScope.set(scope, [...(byScope.get(scope) ?? []), id]);
    for (const [scope, ids] of byScope) this.#try(this.#limiter.renew(scope, ids));
  }

  #try(work: Promise<void>): void {
    work.catch((error: unknown) => this.#ports.onTrouble(error));
  }
}
