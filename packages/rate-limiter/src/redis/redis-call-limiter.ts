import { randomInt, randomUUID } from 'node:crypto';
import type {
  Admission,
  CallLimits,
  CallTokens,
  LimitDimension,
  LimitedCall,
  LimitFeedback,
  LimitScope,
  LimitState,
} from '@troupe/spec';
import type { Redis } from 'ioredis';
import type { LimitsOf } from '../memory/memory-call-limiter.js';
import type { MeteredLimiter } from '../metered-limiter.js';
import { isLimited, RATE_DIMENSIONS, rateLimitsOf, refuseTooLarge, wholeTokens } from '../rules/rate-dimensions.js';
import { scopeName } from '../rules/scope-name.js';
import { BURST_SHARE, REAL_WINDOWS, type WindowLengths } from '../rules/timing.js';
import { type ScriptName, scripts } from './lua/scripts.js';
import { ProcessShare } from './process-share.js';
import { ScopeRecord } from './scope-record.js';
import { ScriptRunner, StoreAwayError } from './script-runner.js';
import { SharedPauses } from './shared-pauses.js';

export interface RedisCallLimiterOptions {
  /** Fails at once while Redis is away: no offline queue, no resending. */
  redis: Redis;
  /** Undefined or empty: not limited. Asked at each call, so limits may change while calls are under way. */
  limitsOf: LimitsOf;
  /** First part of all keys. */
  prefix?: string;
  /** Milliseconds after which Redis counts as away. */
  timeoutMs?: number;
  /** Among how many processes the limits are shared when Redis was never there to tell. */
  assumedProcesses?: number;
  /** Hears once when Redis goes and once when it is back. */
  onStoreChange?: (store: 'away' | 'back', cause?: unknown) => void;
  /** Other lengths are for tests. */
  windows?: WindowLengths;
  /** In place of Redis's own clock, for tests. Milliseconds. */
  clock?: () => number;
}

const DIMENSIONS: readonly LimitDimension[] = [...RATE_DIMENSIONS, 'concurrency', 'penalty', 'line'];

/** Milliseconds between two tries while Redis is away; the calls in between use the share. */
const RETRY_MS = 250;

/** Milliseconds between two signs of life of a process at a scope. */
const REGISTER_EVERY_MS = 5_000;

/** Scopes of the past that are kept before the first look for those that can go. */
const RECORDS_BEFORE_TIDYING = 1_024;

/**
 * Limits the calls of all processes together. One script a decision, one round trip, on the server's clock. While Redis is away each
 * process uses its share. A Redis that comes back having forgotten something is noticed, and nothing is granted until no
 * window can be passed any more.
 */
export class RedisCallLimiter implements MeteredLimiter {
  readonly #limitsOf: LimitsOf;
  readonly #prefix: string;
  readonly #assumedProcesses: number;
  readonly #onStoreChange: (store: 'away' | 'back', cause?: unknown) => void;
  readonly #windows: WindowLengths;
  readonly #clock: (() => number) | undefined;
  readonly #runner: ScriptRunner<ScriptName>;
  readonly #pauses: SharedPauses;
  readonly #processId = randomUUID();
  readonly #records = new Map<string, ScopeRecord>();
  #tidyAbove = RECORDS_BEFORE_TIDYING;
  #share: ProcessShare | undefined;
  #retryAt = 0;

  constructor(options: RedisCallLimiterOptions) {
    this.#limitsOf = options.limitsOf;
    // The number is that of the layout of what is stored: scripts never meet what those of another layout left.
    this.#prefix = options.prefix ?? 'troupe:limits:2';
    this.#assumedProcesses = options.assumedProcesses ?? 16;
    this.#onStoreChange = options.onStoreChange ?? (() => {});
    this.#windows = options.windows ?? REAL_WINDOWS;
    this.#clock = options.clock;
    const { redis, clock, timeoutMs = 250 } = options;
    this.#runner = new ScriptRunner(redis, scripts, timeoutMs);
    this.#pauses = new SharedPauses({ redis, prefix: this.#prefix, timeoutMs, clock, now: () => this.#now() });
  }

  async acquire(scope: LimitScope, call: LimitedCall): Promise<Admission> {
    const limits = this.#limits(scope);
    const record = this.#recordOf(scope);
    if (!isLimited(limits) && !(await this.#isPaused(record))) return { admitted: true };
    const tokens = wholeTokens(call.tokens);
    refuseTooLarge(scope, limits, tokens);
    const reply = await this.#run('decide', record, limits, decideArguments('acquire', { ...call, tokens }));
    if (reply !== undefined) {
      const admission = toAdmission(reply);
      if (admission.admitted) record.pausedUntil = this.#now() + (reply[4] ?? 0);
      return admission;
    }
    const share = await this.#shareFor(record);
    const admission = await share.acquire(scope, call);
    if (admission.admitted) record.grantAlone(share.since, tokens);
    return admission;
  }

  async check(scope: LimitScope, call: LimitedCall): Promise<number> {
    const limits = this.#limits(scope);
    const record = this.#recordOf(scope);
    if (!isLimited(limits) && !(await this.#isPaused(record))) return 0;
    const tokens = wholeTokens(call.tokens);
    refuseTooLarge(scope, limits, tokens);
    const reply = await this.#run('decide', record, limits, decideArguments('check', { ...call, tokens }));
    if (reply !== undefined) {
      const admission = toAdmission(reply);
      return admission.admitted ? 0 : admission.waitMs;
    }
    const share = await this.#shareFor(record);
    return share.limiter.check(scope, call);
  }

  async record(scope: LimitScope, tokens: CallTokens): Promise<void> {
    const limits = this.#limits(scope);
    if (!isLimited(limits)) return;
    const record = this.#recordOf(scope);
    const call: LimitedCall = { id: '', tenant: '', tokens: wholeTokens(tokens), priority: 'interactive' };
    const reply = await this.#run('decide', record, limits, decideArguments('record', call));
    if (reply !== undefined) return;
    const share = await this.#shareFor(record);
    await share.limiter.record(scope, tokens);
    record.grantAlone(share.since, call.tokens);
  }

  async renew(scope: LimitScope, ids: readonly string[]): Promise<void> {
    const reply = await this.#tell('renew', scope, ids);
    if (reply === undefined) await this.#share?.limiter.renew(scope, ids);
  }

  async settle(scope: LimitScope, id: string, tokens: CallTokens): Promise<void> {
    const { input, output } = wholeTokens(tokens);
    const reply = await this.#tell('settle', scope, [id, input, output]);
    if (reply === undefined) await this.#share?.limiter.settle(scope, id, tokens);
  }

  async leave(scope: LimitScope, id: string): Promise<void> {
    const reply = await this.#tell('leave', scope, [id]);
    if (reply === undefined) await this.#share?.limiter.leave(scope, id);
  }

  async tighten(scope: LimitScope, feedback: LimitFeedback): Promise<void> {
    const { pauseMs = 0, remaining = {}, succeeded = false } = feedback;
    const record = this.#recordOf(scope);
    const now = this.#now();
    if (pauseMs > 0) record.pausedUntil = Math.max(record.pausedUntil, now + pauseMs);
    const { requests, tokens, inputTokens, outputTokens } = remaining;
    const levels = [requests, tokens, inputTokens, outputTokens];
    // A success tells something only to who was let through a pause.
    const provesOver = succeeded && record.pausedUntil > now;
    if (pauseMs <= 0 && !provesOver && levels.every((level) => level === undefined)) return;
    const reply = await this.#tell('tighten', scope, [
      pauseMs,
      succeeded ? 1 : 0,
      ...levels.map((level) => level ?? ''),
    ]);
    if (reply === undefined) return this.#share?.limiter.tighten(scope, feedback);
    const leftMs = reply[4] ?? 0;
    record.pausedUntil = now + leftMs;
    if (!isLimited(this.#limits(scope))) await this.#pauses.tell(record.name, leftMs);
  }

  async forgive(scope: LimitScope): Promise<void> {
    const record = this.#recordOf(scope);
    record.pausedUntil = 0;
    await this.#run('forgive', record, this.#limits(scope), []);
    await this.#pauses.tell(record.name, 0);
    await this.#share?.limiter.forgive(scope);
  }

  async state(scope: LimitScope): Promise<LimitState> {
    const limits = this.#limits(scope);
    const record = this.#recordOf(scope);
    const reply = await this.#run('state', record, limits, []);
    if (reply === undefined) {
      const share = await this.#shareFor(record);
      return { ...(await share.limiter.state(scope)), limits };
    }
    const [, , , , underWay = 0, waiting = 0, pausedMs = 0, ...left] = reply;
    const available: LimitState['available'] = {};
    for (const [index, dimension] of RATE_DIMENSIONS.entries()) {
      const amount = left[index] ?? -1;
      if (amount >= 0) available[dimension] = amount;
    }
    if (limits.maxConcurrency !== undefined) available.concurrency = Math.max(0, limits.maxConcurrency - underWay);
    const pausedUntil = pausedMs > 0 ? new Date(Date.now() + pausedMs).toISOString() : null;
    return { scope, limits, available, underWay, waiting, pausedUntil };
  }

  /** Of a scope without limits. */
  async #isPaused(record: ScopeRecord): Promise<boolean> {
    if (record.pausedUntil <= this.#now()) record.pausedUntil = await this.#pauses.until(record.name);
    return record.pausedUntil > this.#now();
  }

  /** For what needs no answer. A scope that is neither limited nor paused is not in the store. */
  async #tell(name: ScriptName, scope: LimitScope, args: readonly (string | number)[]): Promise<number[] | undefined> {
    const limits = this.#limits(scope);
    const record = this.#recordOf(scope);
    if (!isLimited(limits) && record.pausedUntil <= this.#now()) return [];
    return this.#run(name, record, limits, args);
  }

  /** Undefined: the store is away. */
  async #run(
    name: ScriptName,
    record: ScopeRecord,
    limits: CallLimits,
    args: readonly (string | number)[],
  ): Promise<number[] | undefined> {
    const now = this.#now();
    if (this.#share !== undefined) {
      if (now < this.#retryAt) return undefined;
      this.#retryAt = now + RETRY_MS;
    }
    const alone = record.grantedAlone;
    record.grantedAlone = undefined;
    const registers = alone !== undefined || now - record.registeredAt >= REGISTER_EVERY_MS;
    if (registers) record.registeredAt = now;
    try {
      const reply = (await this.#runner.run(name, record.keys, [
        this.#clock === undefined ? '' : this.#clock(),
        this.#windows.minuteMs,
        this.#windows.dayMs,
        ...rateLimitsOf(limits).map((limit) => limit ?? ''),
        limits.maxConcurrency ?? '',
        record.epoch,
        record.sequence,
        record.epoch === 0 ? 0 : Math.round(now - record.seenAt),
        randomInt(1, 2 ** 47),
        registers ? this.#processId : '',
        alone === undefined ? '' : `${now - alone.since} ${alone.requests} ${alone.input} ${alone.output}`,
        ...args,
      ])) as number[];
      const [, sequence = 0, epoch = 0, processes = 0] = reply;
      record.see(epoch, sequence, processes, now);
      this.#noticeBack(now);
      return reply;
    } catch (error) {
      if (alone !== undefined) record.grantedAlone = merged(alone, record.grantedAlone);
      if (!(error instanceof StoreAwayError)) throw error;
      record.registeredAt = Number.NEGATIVE_INFINITY;
      this.#noticeAway(error.cause);
      return undefined;
    }
  }

  #noticeAway(cause: unknown): void {
    if (this.#share !== undefined) return;
    this.#processShare();
    this.#onStoreChange('away', cause);
  }

  /** What was granted meanwhile is told at once: others may already be using what is left. */
  #noticeBack(now: number): void {
    const share = this.#share;
    if (share === undefined) return;
    this.#share = undefined;
    this.#onStoreChange('back');
    if (now - share.since < BURST_SHARE * this.#windows.minuteMs) return;
    for (const record of this.#records.values()) {
      if (record.epoch === 0 && record.grantedAlone === undefined) continue;
      record.grantedAlone ??= { since: share.since, requests: 0, input: 0, output: 0 };
      const limits = this.#limits(record.scope);
      if (isLimited(limits)) void this.#run('renew', record, limits, []).catch(() => undefined);
    }
  }

  async #shareFor(record: ScopeRecord): Promise<ProcessShare> {
    const share = this.#processShare();
    await share.begin(record.scope, record.pausedUntil - this.#now());
    return share;
  }

  #processShare(): ProcessShare {
    if (this.#share === undefined) {
      this.#retryAt = this.#now() + RETRY_MS;
      this.#share = new ProcessShare({
        limitsOf: this.#limitsOf,
        processesOf: (scope) => this.#recordOf(scope).processes || this.#assumedProcesses,
        now: () => this.#now(),
        windows: this.#windows,
      });
    }
    return this.#share;
  }

  #now(): number {
    return this.#clock === undefined ? performance.timeOrigin + performance.now() : this.#clock();
  }

  #limits(scope: LimitScope): CallLimits {
    return this.#limitsOf(scope) ?? {};
  }

  #recordOf(scope: LimitScope): ScopeRecord {
    const name = scopeName(scope);
    const known = this.#records.get(name);
    if (known !== undefined) return known;
    if (this.#records.size >= this.#tidyAbove) this.#tidy();
    const record = new ScopeRecord(this.#prefix, scope);
    this.#records.set(name, record);
    return record;
  }

  #tidy(): void {
    const oldest = this.#now() - 2 * this.#windows.dayMs;
    for (const [name, { seenAt, pausedUntil, grantedAlone }] of this.#records) {
      const idle = seenAt < oldest && pausedUntil < oldest && grantedAlone === undefined;
      if (idle) this.#records.delete(name);
    }
    this.#tidyAbove = Math.max(RECORDS_BEFORE_TIDYING, this.#records.size * 2);
  }
}

function decideArguments(mode: 'acquire' | 'check' | 'record', call: LimitedCall): (string | number)[] {
  const background = call.priority === 'background';
  const lane = `${background ? 'b' : 'i'}:${call.tenant}`;
  return [call.id, mode, lane, background ? 1 : 0, call.weight ?? 1, call.tokens.input, call.tokens.output];
}

function toAdmission([admitted, , , , waitMs = 0, dimension = 0, position = 0]: readonly number[]): Admission {
  if (admitted === 1) return { admitted: true };
  return { admitted: false, waitMs, dimension: DIMENSIONS[dimension - 1] ?? 'line', position };
}

function merged(
  one: { since: number; requests: number; input: number; output: number },
  other: typeof one | undefined,
) {
  if (other === undefined) return one;
  return {
    since: Math.min(one.since, other.since),
    requests: one.requests + other.requests,
    input: one.input + other.input,
    output: one.output + other.output,
  };
}
