import { countOpenWork, type Database, type OpenWork } from '@troupe/database';
import type { Metrics } from '@troupe/observability';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

export interface WatchWorkOptions {
  metrics: Metrics;
  database: Database;
  redis: Redis;
  queues: readonly Queue[];
}

const STATES = ['active', 'waiting', 'delayed', 'prioritized', 'completed', 'failed'] as const;
/** A scrape reads all gauges at once; one look at the database serves those that come so soon after each other. Milliseconds. */
const ONE_SCRAPE_MS = 500;
/** Who scrapes gives up after ten seconds and would have no metric at all. Milliseconds. */
const PATIENCE_MS = 3_000;

/**
 * What there is to do and whether the services that hold it answer, read at every scrape. It is the same at every gateway. A
 * service that is away costs its own gauges only.
 */
export function watchWork({ metrics, database, redis, queues }: WatchWorkOptions): void {
  const openWork = sharedWithin(ONE_SCRAPE_MS, () => within(PATIENCE_MS, countOpenWork(database)));
  const watchOpen = (name: string, help: string, labelNames: string[], read: (work: OpenWork) => Values) =>
    metrics.watch({ name, help, labelNames, read: async () => read(await openWork()) });

  watchOpen(
    'troupe_runs',
    'Runs that have not ended, by status and by what they wait for: none, rate_limit, timer, thread (another run of it), tool, approval, ...',
    ['status', 'waits_for'],
    ({ runs }) =>
      runs.map(({ status, waitsFor, count }) => ({ labels: { status, waits_for: waitsFor ?? 'none' }, value: count })),
  );
  watchOpen(
    'troupe_oldest_due_run_seconds',
    'For how long the run has wanted a worker that has wanted one longest; 0: none does.',
    [],
    ({ oldestDueSeconds }) => [{ value: oldestDueSeconds }],
  );
  watchOpen(
    'troupe_follow_up_tasks',
    'Titles, summaries and facts of finished runs that are still to be made.',
    ['kind', 'state'],
    ({ followUps }) => followUps.map(({ kind, state, count }) => ({ labels: { kind, state }, value: count })),
  );
  metrics.watch({
    name: 'troupe_queue_jobs',
    help: 'Jobs in a queue of Redis by state. They only ring for rows of Postgres: troupe_runs is what counts.',
    labelNames: ['queue', 'state'],
    read: () => countJobs(queues),
  });
  metrics.watch({
    name: 'troupe_service_up',
    help: 'Whether Postgres and Redis answer this process: 1 or 0.',
    labelNames: ['service'],
    read: async () => [
      { labels: { service: 'postgres' }, value: Number(await answers(openWork)) },
      { labels: { service: 'redis' }, value: Number(await answers(() => within(PATIENCE_MS, ping(redis)))) },
    ],
  });
}

type Values = { labels?: Record<string, string>; value: number }[];

/** None of a queue that cannot be asked. */
async function countJobs(queues: readonly Queue[]): Promise<Values> {
  const counts = await Promise.allSettled(
    queues.map(async (queue) => {
      const byState = await within(PATIENCE_MS, queue.getJobCounts(...STATES));
      return Object.entries(byState).map(([state, value]) => ({ labels: { queue: queue.name, state }, value }));
    }),
  );
  return counts.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

async function ping(redis: Redis): Promise<unknown> {
  // Not even asked while it is known to be away: ioredis would refuse the command anyway.
  if (redis.status !== 'ready') throw new Error('not connected');
  return redis.ping();
}

function answers(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    () => true,
    () => false,
  );
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Those who ask within so many milliseconds of the first get its answer. */
function sharedWithin<T>(milliseconds: number, ask: () => Promise<T>): () => Promise<T> {
  let asked: { at: number; answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (!asked || now - asked.at > milliseconds) asked = { at: now, answer: ask() };
    return asked.answer;
  };
}
