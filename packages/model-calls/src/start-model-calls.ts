import type { SourcedLimitRule } from '@troupe/contracts';
import { type Database, LimitTable } from '@troupe/database';
import { createPriceBook } from '@troupe/prices';
import { RedisCallExperience, RedisCallLimiter, RedisCircuitBreakers } from '@troupe/rate-limiter';
import type { ModelCatalog, PriceBook } from '@troupe/spec';
import type { Redis } from 'ioredis';
import { type CallMeter, ModelCalls } from './model-calls.js';

export interface StartModelCallsOptions {
  database: Database;
  /** Fails at once while Redis is away. */
  redis: Redis;
  models: ModelCatalog;
  /** Limits of the file and the environment. */
  limits: readonly SourcedLimitRule[];
  /** Absent: only what is published. */
  prices?: PriceBook;
  meter?: CallMeter;
  logger: { warn(facts: object, message: string): void };
}

/** Model calls with limits, breakers and budgets that all processes share. What providers need is loaded before it resolves. */
export async function startModelCalls(options: StartModelCallsOptions): Promise<ModelCalls & { stop(): void }> {
  const { database, redis, models, logger } = options;
  const limits = new LimitTable({
    database,
    configured: options.limits,
    onError: (error) => logger.warn({ err: error }, 'limits were not read; those that were known hold'),
  });
  await Promise.all([limits.start(), models.load?.()]);
  const limiter = new RedisCallLimiter({
    redis,
    limitsOf: (scope) => limits.limitsOf(scope),
    onStoreChange: (store) =>
      logger.warn(
        { store },
        store === 'away' ? 'Redis is away: this process uses its share of the limits' : 'Redis is back',
      ),
  });
  const calls = new ModelCalls({
    database,
    models,
    prices: options.prices ?? createPriceBook(),
    limiter,
    limits,
    breakers: new RedisCircuitBreakers({ redis }),
    experience: new RedisCallExperience({ redis }),
    meter: options.meter,
    onTrouble: (error) => logger.warn({ err: error }, 'something beside a model call failed'),
  });
  return Object.assign(calls, { stop: () => limits.stop() });
}
