import type { Redis } from 'ioredis';
import { pausesScript } from './lua/pauses-script.js';
import { ScriptRunner, StoreAwayError } from './script-runner.js';

export interface SharedPausesOptions {
  redis: Redis;
  prefix: string;
  timeoutMs: number;
  /** In place of Redis's own clock, for tests. Milliseconds. */
  clock: (() => number) | undefined;
  /** Of this process. Milliseconds. */
  now: () => number;
}

/** For how long what was heard is taken for true: calls of models without limits cost a round trip four times a second. */
const TRUSTED_FOR_MS = 250;
/** Before it is asked again after no answer, for which a call has waited. */
const RETRY_MS = 1_000;

/**
 * Pauses that providers asked for and no limit goes with. What is limited asks Redis at each call and hears of its pause with the
 * answer; the rest would never ask.
 */
export class SharedPauses {
  readonly #runner: ScriptRunner<'pauses'>;
  readonly #key: string;
  readonly #clock: (() => number) | undefined;
  readonly #now: () => number;
  #until = new Map<string, number>();
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #hearing: Promise<void> | undefined;

  constructor({ redis, prefix, timeoutMs, clock, now }: SharedPausesOptions) {
    this.#runner = new ScriptRunner(redis, { pauses: pausesScript }, timeoutMs);
    this.#key = `${prefix}:pauses`;
    this.#clock = clock;
    this.#now = now;
  }

  /** Until when a scope rests, on this process's clock; 0: nobody has told of a pause. While Redis is away: what was heard last. */
  async until(scope: string): Promise<number> {
    if (this.#now() >= this.#askAgainAt) {
      this.#hearing ??= this.#hear([]).finally(() => {
        this.#hearing = undefined;
      });
    }
    await this.#hearing;
    return this.#until.get(scope) ?? 0;
  }

  /** `pauseMs`: how long it still lasts; 0: it is over. */
  tell(scope: string, pauseMs: number): Promise<void> {
    return this.#hear([scope, pauseMs]);
  }

  async #hear(args: readonly (string | number)[]): Promise<void> {
    try {
      const entries = (await this.#runner.run('pauses', [this.#key], [this.#clock?.() ?? '', ...args])) as (
        | string
        | number
      )[];
      const now = this.#now();
      const until = new Map<string, number>();
      for (let index = 0; index + 1 < entries.length; index += 2) {
        until.set(String(entries[index]), now + Number(entries[index + 1]));
      }
      this.#until = until;
      this.#askAgainAt = now + TRUSTED_FOR_MS;
    } catch (error) {
      if (!(error instanceof StoreAwayError)) throw error;
      this.#askAgainAt = this.#now() + RETRY_MS;
    }
  }
}
