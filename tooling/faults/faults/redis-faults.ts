import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand } from '../stack/redis-command.js';
import { done, type FaultContext, type FaultKind, type FaultResult, missed } from './fault-kind.js';

const LOST_WITHIN_MS = 4_000;

/** F12 to F15, F18, F27: Redis goes, comes back empty, says nothing, or its replies are lost. */
export const redisFaults: readonly FaultKind[] = [
  { name: 'restart Redis', family: 'redis', plan: 'F12', weight: 2, inject: ({ stack }) => restart(stack, 'SIGTERM') },
  { name: 'kill Redis', family: 'redis', plan: 'F12', weight: 2, inject: ({ stack }) => restart(stack, 'SIGKILL') },
  { name: 'restart Redis empty', family: 'redis', plan: 'F13', weight: 3, inject: restartEmpty },
  { name: 'FLUSHALL', family: 'redis', plan: 'F14', weight: 4, inject: (context) => flush(context, 1) },
  { name: 'FLUSHALL five times', family: 'redis', plan: 'F14', weight: 1, inject: (context) => flush(context, 5) },
  {
    name: 'Redis absent',
    family: 'redis',
    plan: 'F15',
    weight: 2,
    inject: (c) => absent(c, c.random.integer(1_000, 12_000)),
  },
  {
    name: 'Redis absent for a minute',
    family: 'redis-minute',
    plan: 'F15',
    weight: 1,
    inject: (c) => absent(c, 60_000),
  },
  { name: 'freeze Redis', family: 'redis', plan: 'F18', weight: 2, inject: freeze },
  ...['evalsha', 'publish', 'subscribe'].map(
    (command): FaultKind => ({
      name: `lose the reply to ${command}`,
      family: 'lost-redis-reply',
      plan: 'F27',
      weight: 1,
      inject: (context) => loseReply(context, command),
    }),
  ),
];

async function restart(stack: FaultContext['stack'], signal: NodeJS.Signals): Promise<FaultResult> {
  await stack.databases.restart('redis', signal);
  return done(signal);
}

async function restartEmpty({ stack }: FaultContext): Promise<FaultResult> {
  await stack.databases.restartRedisEmpty();
  return done('all data lost');
}

async function flush({ stack, random }: FaultContext, times: number): Promise<FaultResult> {
  for (let left = times; left > 0; left -= 1) {
    const reply = await redisCommand(stack.databases.redisUrl, 'FLUSHALL');
    if (reply !== '+OK') return missed(reply);
    if (left > 1) await sleep(random.integer(100, 2_000));
  }
  return done(times === 1 ? 'once' : `${times} times`);
}

async function absent({ stack }: FaultContext, milliseconds: number): Promise<FaultResult> {
  await Promise.all(stack.apps.map(({ proxies }) => proxies.redis.refuse()));
  await sleep(milliseconds);
  await Promise.all(stack.apps.map(({ proxies }) => proxies.redis.accept()));
  return done(`${milliseconds} ms`);
}

async function freeze({ stack, random }: FaultContext): Promise<FaultResult> {
  const milliseconds = random.integer(3_000, 10_000);
  await stack.databases.freeze('redis', milliseconds);
  return done(`${milliseconds} ms`);
}

async function loseReply({ stack }: FaultContext, command: string): Promise<FaultResult> {
  const lost = Promise.withResolvers<string | undefined>();
  const takeBack = stack.apps.map(({ name, proxies }) =>
    proxies.redis.loseReply({ request: command, onLost: () => lost.resolve(name) }),
  );
  const timer = setTimeout(() => lost.resolve(undefined), LOST_WITHIN_MS);
  const name = await lost.promise;
  clearTimeout(timer);
  for (const take of takeBack) take();
  return name === undefined ? missed('nobody asked') : done(`of ${name}`);
}
