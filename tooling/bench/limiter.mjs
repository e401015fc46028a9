// `node tooling/bench/limiter.mjs`: how many calls a second one process can reserve and settle against a real Redis (REDIS_URL,
// else a temporary one), and how long one decision takes when ten thousand wait. docs/limits.md explains what is measured.
import { createRequire } from 'node:module';
import { importTypeScript } from '../jest/import-typescript.mjs';
import '../checks/import-typescript.mjs';

const IN_FLIGHT = 32;
const seconds = Number(process.argv[2] ?? 5);

const { RedisCallLimiter } = await import('../../packages/rate-limiter/src/index.ts');
const { Redis } = createRequire(new URL('../../packages/rate-limiter/package.json', import.meta.url))('ioredis');
const services = process.env.REDIS_URL ? undefined : await startRedis();
const redis = new Redis(process.env.REDIS_URL ?? services.redisUrl, { enableOfflineQueue: true });
let roundTrips = 0;
const send = redis.sendCommand.bind(redis);
redis.sendCommand = (...args) => {
  roundTrips += 1;
  return send(...args);
};

const limits = { rpm: 60_000_000, tpm: 6_000_000_000, rpd: 80_000_000_000, maxConcurrency: 10_000 };
const limiter = new RedisCallLimiter({
  redis,
  limitsOf: () => limits,
  prefix: `bench:${process.pid}`,
  timeoutMs: 5_000,
});
const scope = { provider: 'bench', account: 'first', model: 'model' };
const tokens = { input: 700, output: 300 };

try {
  await measurePairs(1, 1); // warm
  for (const inFlight of [1, IN_FLIGHT]) report(await measurePairs(inFlight, seconds));
  await measureLine(10_000);
} finally {
  const keys = await redis.keys(`bench:${process.pid}:*`);
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
  await services?.stop();
}

async function measurePairs(inFlight, forSeconds) {
  const end = performance.now() + forSeconds * 1_000;
  const before = roundTrips;
  const times = [];
  let next = 0;
  const begin = performance.now();
  const cpu = { client: process.cpuUsage(), redis: await redisCpu() };
  const worker = async () => {
    while (performance.now() < end) {
      const id = `call-${next++}`;
      const asked = performance.now();
      const { admitted } = await limiter.acquire(scope, { id, tokens, tenant: 'ann', priority: 'interactive' });
      times.push(performance.now() - asked);
      if (!admitted) throw new Error('The limits of this measurement are too small.');
      await limiter.settle(scope, id, { input: 650, output: 250 });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const elapsed = (performance.now() - begin) / 1_000;
  const trips = roundTrips - before - 1;
  const { user, system } = process.cpuUsage(cpu.client);
  const used = { client: user + system, redis: (await redisCpu()) - cpu.redis };
  return { inFlight, pairs: times.length, elapsed, times, trips, used };
}

/** Microseconds of processor time that the server has used. */
async function redisCpu() {
  const info = await redis.info('cpu');
  const [, system, user] = /used_cpu_sys:([\d.]+)[\s\S]*?used_cpu_user:([\d.]+)/.exec(info) ?? [];
  return (Number(system) + Number(user)) * 1e6;
}

function report({ inFlight, pairs, elapsed, times, trips, used }) {
  const perPair = (trips / pairs).toFixed(3);
  const rate = Math.round(pairs / elapsed);
  console.log(`${inFlight} in flight: ${rate} pairs/s, decision ${quantiles(times)}, round trips a pair ${perPair}`);
  const each = { redis: Math.round(used.redis / pairs), client: Math.round(used.client / pairs) };
  const possible = Math.round(1e6 / Math.max(each.redis, each.client));
  console.log(
    `  processor time a pair: Redis ${each.redis} µs, client ${each.client} µs; with a core each ${possible} pairs/s`,
  );
}

async function measureLine(waiters) {
  const line = { ...scope, model: 'line' };
  const narrow = new RedisCallLimiter({
    redis,
    limitsOf: () => ({ rpm: 600, tpm: 600_000 }),
    prefix: `bench:${process.pid}`,
    timeoutMs: 5_000,
  });
  const call = (index, tenant) => ({ id: `waiter-${index}`, tokens, tenant, priority: 'interactive' });
  for (let index = 0; index < waiters + 100; index += 500) {
    const batch = Array.from({ length: 500 }, (_, offset) => narrow.acquire(line, call(index + offset, 'ann')));
    await Promise.all(batch);
  }
  const first = await narrow.acquire(line, call('bea', 'bea'));
  const times = [];
  for (let index = 0; index < 2_000; index++) {
    const asked = performance.now();
    await narrow.acquire(line, call(index * 5, 'ann'));
    times.push(performance.now() - asked);
  }
  console.log(
    `${waiters} waiting: decision ${quantiles(times)}; another tenant's first call: ${first.admitted ? 'admitted' : `place ${first.position}`}`,
  );
}

function quantiles(times) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share) => `${Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 1_000)} µs`;
  return `p50 ${at(0.5)}, p99 ${at(0.99)}`;
}

async function startRedis() {
  const source = new URL('../../packages/embedded-services/src/index.ts', import.meta.url);
  const { startTemporaryServices } = await importTypeScript(source);
  return startTemporaryServices({ postgres: false, redis: true, onProgress: () => {} });
}
