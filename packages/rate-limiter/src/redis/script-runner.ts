import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { answerInTime } from './answer-in-time.js';

/** The store cannot be asked now: no connection, no answer in time, or a server that is starting or only follows. */
export class StoreAwayError extends Error {
  constructor(cause: unknown) {
    super('Redis is away.', { cause });
    this.name = 'StoreAwayError';
  }
}

/** What a server that cannot work now says first. Any other complaint is a mistake of ours. */
const CANNOT_WORK = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS)\b/;

/** Runs scripts of one set, each by its digest: one round trip, and a second only when the server does not know it yet. */
export class ScriptRunner<Name extends string> {
  readonly #redis: Redis;
  readonly #timeoutMs: number;
  readonly #scripts: Record<Name, { source: string; digest: string }>;

  constructor(redis: Redis, scripts: Record<Name, string>, timeoutMs: number) {
    this.#redis = redis;
    this.#timeoutMs = timeoutMs;
    const digested = Object.entries<string>(scripts).map(([name, source]) => [
      name,
      { source, digest: createHash('sha1').update(source).digest('hex') },
    ]);
    this.#scripts = Object.fromEntries(digested);
  }

  /** @throws StoreAwayError */
  async run(name: Name, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const { source, digest } = this.#scripts[name];
    try {
      return await answerInTime(this.#redis.evalsha(digest, keys.length, ...keys, ...args), this.#timeoutMs);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw away(error);
    }
    try {
      return await answerInTime(this.#redis.eval(source, keys.length, ...keys, ...args), this.#timeoutMs);
    } catch (error) {
      throw away(error);
    }
  }
}

function away(error: unknown): unknown {
  const isReply = error instanceof Error && error.name === 'ReplyError';
  return isReply && !CANNOT_WORK.test(error.message) ? error : new StoreAwayError(error);
}
