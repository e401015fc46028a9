import type { Redis } from 'ioredis';
import { type LimitsOf, MemoryCallLimiter } from '../memory/memory-call-limiter.js';
import type { MeteredLimiter } from '../metered-limiter.js';
import { RedisCallLimiter } from '../redis/redis-call-limiter.js';

/** Where a RateLimiter keeps what was used. */
export interface RateLimiterBackend {
  createLimiter(limitsOf: LimitsOf): MeteredLimiter;
}

/** In this process. */
export class MemoryBackend implements RateLimiterBackend {
  createLimiter(limitsOf: LimitsOf): MeteredLimiter {
    return new MemoryCallLimiter({ limitsOf });
  }
}

/** In Redis, for all processes that use the same one. */
export class RedisBackend implements RateLimiterBackend {
  readonly #redis: Redis;

  /** Of ioredis, made to fail at once while Redis is away (`enableOfflineQueue: false, maxRetriesPerRequest: 0`). */
  constructor(redis: Redis) {
    this.#redis = redis;
  }

  createLimiter(limitsOf: LimitsOf): MeteredLimiter {
    return new RedisCallLimiter({ redis: this.#redis, limitsOf });
  }
}
