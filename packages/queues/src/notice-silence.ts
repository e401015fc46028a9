import type { Redis } from 'ioredis';

/** How often a connection is asked for a sign of life, in milliseconds. */
const ASK_EVERY_MS = 5_000;

/**
 * Breaks a connection that two questions in a row found silent, so that ioredis makes a new one: a frozen server and a
 * network that swallows everything look like an idle connection to TCP, and commands would gather behind it for ever.
 * One unanswered question is no sign: while this process is busy, answers wait unread.
 */
export function noticeSilence(redis: Redis, askEveryMs = ASK_EVERY_MS): Redis {
  let unanswered = 0;
  const ask = () => {
    if (redis.status !== 'ready') {
      unanswered = 0;
      return;
    }
    if (unanswered >= 2) {
      unanswered = 0;
      redis.disconnect(true);
      return;
    }
    unanswered += 1;
    const answered = () => {
      unanswered = 0;
    };
    redis.ping().then(answered, () => undefined);
  };
  const timer = setInterval(ask, askEveryMs);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
  return redis;
}
