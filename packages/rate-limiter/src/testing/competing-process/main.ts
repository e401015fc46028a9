import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisCallLimiter } from '../../redis/redis-call-limiter.js';

/** Calls as often as it may, in several lines at once, and never says that a call is over. Ended from outside. */
const [url = '', prefix = '', limits = '{}', windows = '{}', scope = '{}'] = process.argv.slice(2);
const redis = new Redis(url);
const parsed = { limits: JSON.parse(limits), windows: JSON.parse(windows), scope: JSON.parse(scope) };
const limiter = new RedisCallLimiter({
  redis,
  prefix,
  limitsOf: () => parsed.limits,
  windows: parsed.windows,
  timeoutMs: 10_000,
});

async function callForEver(tenant: string): Promise<never> {
  for (;;) {
    const call = { id: randomUUID(), tokens: { input: 60, output: 40 }, tenant, priority: 'interactive' } as const;
    for (;;) {
      const admission = await limiter.acquire(parsed.scope, call);
      if (admission.admitted) break;
      await new Promise((resolve) => setTimeout(resolve, admission.waitMs));
    }
  }
}

await Promise.all(Array.from({ length: 6 }, (_, index) => callForEver(`tenant-${index % 3}`)));
