import type { Redis } from 'ioredis';
import type { TroubleLog } from './report-trouble.js';

/** BullMQ's scripts need commands of this version. */
const OLDEST_VERSION = [6, 2] as const;

/**
 * What is wrong with a Redis that answers, each with what to do about it. Nothing that was accepted is lost with one of them, but
 * queues then lose or refuse jobs, and every step waits until a worker finds its row in Postgres.
 * @throws when Redis does not answer
 */
export async function redisProblems(redis: Redis): Promise<string[]> {
  const facts = parseInfo(await redis.info());
  const problems: string[] = [];
  const [major = 0, minor = 0] = (facts.get('redis_version') ?? '').split('.').map(Number);
  if (major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1])) {
    problems.push(`It is version ${facts.get('redis_version')}, and 6.2 is needed: upgrade it.`);
  }
  if (facts.get('role') === 'slave') {
    problems.push('It is a read-only replica: name the primary in REDIS_URL.');
  }
  if (facts.get('cluster_enabled') === '1') {
    problems.push(
      'It is a node of a cluster, whose keys lie on several servers: use a single Redis (with replicas, if you like).',
    );
  }
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    problems.push(
      `It drops keys when its memory is full (maxmemory-policy ${policy}), jobs among them: set maxmemory-policy to noeviction.`,
    );
  }
  return problems;
}

/** Looks at each connection made (after a failover another server answers), and says what is new to say. */
export function watchRedis(redis: Redis, log: TroubleLog): void {
  let said = '';
  const look = async () => {
    const problems = (await redisProblems(redis)).join(' ');
    if (problems !== '' && problems !== said)
      log.warn({}, `The Redis of REDIS_URL is not fit for its work. ${problems}`);
    said = problems;
  };
  // Without an answer there is nothing to say that the connection's own log does not say.
  const onReady = () => void look().catch(() => undefined);
  redis.on('ready', onReady);
  if (redis.status === 'ready') onReady();
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
