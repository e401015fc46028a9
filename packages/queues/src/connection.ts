import { Redis, type RedisOptions } from 'ioredis';
import { noticeSilence } from './notice-silence.js';
import type { TroubleLog } from './report-trouble.js';

/** Reconnects for ever, at first at once, then every second. */
const retryStrategy = (times: number): number => Math.min(times * 50, 1_000);

const common: RedisOptions = { retryStrategy, connectTimeout: 5_000, keepAlive: 10_000 };

/**
 * For commands that must not pile up or be sent twice: fails at once while Redis is away, gives up on a reply after two
 * seconds, and never resends what was not answered (the server may have done it).
 */
export function connectForCommands(url: string, log: TroubleLog): Redis {
  const options = { enableOfflineQueue: false, commandTimeout: 2_000, maxRetriesPerRequest: 0 };
  return watched(new Redis(url, { ...common, ...options, autoResendUnfulfilledCommands: false }), 'commands', log);
}

/**
 * For messages on whose replies nobody waits: like commands, but without a timer for each, which took as much CPU as sending
 * it. Those that a silent server leaves unanswered fail when its connection is replaced.
 */
export function connectForPublishing(url: string, log: TroubleLog): Redis {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false };
  return watched(new Redis(url, { ...common, ...options }), 'events', log);
}

/** For BullMQ's workers, which block on Redis and must wait through an outage. */
export function connectForWorkers(url: string, log: TroubleLog): Redis {
  return watched(new Redis(url, { ...common, maxRetriesPerRequest: null }), 'workers', log);
}

/** For subscribing only. Whoever subscribes does so again at each `ready`. */
export function connectForSubscribing(url: string, log: TroubleLog): Redis {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResubscribe: false };
  return watched(new Redis(url, { ...common, ...options }), 'subscriptions', log);
}

/**
 * Has a connection that went silent replaced, and says once that it broke and once that it is back; ioredis reports every
 * try in between.
 */
function watched(redis: Redis, purpose: string, log: TroubleLog): Redis {
  let away = false;
  redis.on('error', (error: Error & { code?: string }) => {
    if (!away) {
      // An error of several addresses has a code and no message.
      const reason = error.message || error.code;
      log.warn({ reason }, `Redis (${purpose}) cannot be used; work goes on through Postgres`);
    }
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.warn({}, `Redis (${purpose}) is back`);
    away = false;
  });
  return noticeSilence(redis);
}
