import type { CallExperience, CallExperienceOfModel } from '@troupe/spec';
import type { Redis } from 'ioredis';
import { answerInTime } from './answer-in-time.js';

export interface RedisCallExperienceOptions {
  /** Fails at once while Redis is away. */
  redis: Redis;
  /** First part of all keys. */
  prefix?: string;
  /** Milliseconds after which Redis counts as away. */
  timeoutMs?: number;
}

/** A model that nobody has asked for so long is as good as new. Seconds. */
const KEPT_SECONDS = 24 * 60 * 60;

/** What all processes have learned, beside the limits. The newest word counts: all see calls of the same kind. */
export class RedisCallExperience implements CallExperience {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #timeoutMs: number;

  constructor({ redis, prefix = 'troupe:experience', timeoutMs = 250 }: RedisCallExperienceOptions) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#timeoutMs = timeoutMs;
  }

  async recall(model: string): Promise<CallExperienceOfModel | undefined> {
    try {
      const stored = await answerInTime(this.#redis.get(this.#keyOf(model)), this.#timeoutMs);
      const [inputRatio = Number.NaN, output = Number.NaN] = (stored ?? '').split(' ').map(Number.parseFloat);
      return inputRatio > 0 && output >= 0 ? { inputRatio, output } : undefined;
    } catch {
      return undefined;
    }
  }

  async tell(model: string, { inputRatio, output }: CallExperienceOfModel): Promise<void> {
    try {
      await this.#redis.set(this.#keyOf(model), `${inputRatio} ${output}`, 'EX', KEPT_SECONDS);
    } catch {
      // The next answer tells it.
    }
  }

  #keyOf(model: string): string {
    return `${this.#prefix}:${model}`;
  }
}
