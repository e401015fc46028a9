import { Redis, type RedisOptions } from 'ioredis';

/** Reconnects for ever, at first at once, then every second. */
const retryStrategy = (times: number): number => Math.min(times * 50, 1_000);

const common: RedisOptions = { retryStrategy, connectTimeout: 5_000, keepAlive: 10_000, enableReadyCheck: true };

/**
 * For commands that must not pile up or be sent twice: fails at once while Redis is away, gives up on a reply after two
 * seconds, and never resends what was not answered (the server may have done it).
 */
export function connectForCommands(url: string): Redis {
  return new Redis(url, {
    ...common,
    enableOfflineQueue: false,
    commandTimeout: 2_000,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  });
}

/** For BullMQ's workers, which block on Redis and must wait through an outage. */
export function connectForWorkers(url: string): Redis {
  return new Redis(url, { ...common, maxRetriesPerRequest: null });
}

/** For subscribing; ioredis subscribes again after a reconnect. */
export function connectForSubscribing(url: string): Redis {
  return new Redis(url, { ...common, enableOfflineQueue: false, autoResubscribe: false, maxRetriesPerRequest: 0 });
}
