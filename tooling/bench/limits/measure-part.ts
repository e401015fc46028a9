import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitUsage } from '../../../packages/contracts/src/index.js';
import { readProcesses, treeCpuMs } from '../processes/proc.js';
import type { LimitPart } from './limit-parts.js';
import type { ProviderReadings } from './limited-provider.js';
import type { LimitsStand } from './limits-stand.js';
import { type FirstRun, sendFirstRun } from './newcomers.js';
import { SaturatingLoad } from './saturating-load.js';
import { readToldWaits, type ToldWaits } from './told-waits.js';

/** What the provider had counted in the 60 s that ended then. */
export interface WindowSample {
  /** Since the load began. Milliseconds. */
  atMs: number;
  requests: number;
  tokens: number;
}

/** What the limiter itself said then. */
export interface LimiterSample {
  atMs: number;
  /** Of the limit that binds: neither used nor reserved by a call under way. */
  left: number;
  underWay: number;
  waiting: number;
}

/** What one part came to. */
export interface PartMeasure {
  part: LimitPart;
  workers: number;
  durationMs: number;
  /** Once a second. */
  samples: WindowSample[];
  /** Less often. */
  limiter: LimiterSample[];
  /** At the end: the fullest windows and the refusals of the whole part. */
  provider: ProviderReadings;
  killed: Killed[];
  waits: ToldWaits;
  firstRuns: FirstRun[];
  /** Runs by status, and how many of all were tried again because of a failure. */
  runs: Record<string, number>;
  retried: number;
  /** Completed after the first minute, by busy tenant. */
  servedByTenant: number[];
  redis: { cpuMs: number; coreShare: number };
  /** Of the machine, one minute's, at the end. */
  load: number;
  /** What the server complained of. */
  logged: string[];
}

export interface Killed {
  name: string;
  atMs: number;
  backAfterMs: number;
}

const SAMPLE_EVERY_MS = 1_000;
const ASK_LIMITER_EVERY_MS = 3_000;
/**
 * The first minute, and what it leaves behind: after a quiet time a tenth of a limit goes at once. Windows that begin right after that
 * moment hold less than the others.
 */
export const WARM_UP_MS = 65_000;
/** First runs of new tenants, from the end of the first minute on. */
const NEWCOMER_EVERY_MS = 15_000;
const BACK_WITHIN_MS = 60_000;

export async function measurePart(
  stand: LimitsStand,
  { part, minutes, workers, say }: { part: LimitPart; minutes: number; workers: number; say(line: string): void },
): Promise<PartMeasure> {
  const { provider, server, databases } = stand;
  const durationMs = minutes * 60_000;
  const load = await SaturatingLoad.prepare(stand, part);
  const redisCpu = () => treeCpuMs(readProcesses(), databases.pids.redis);
  const cpuBefore = redisCpu();
  const begin = performance.now();
  const elapsed = () => performance.now() - begin;
  load.start();

  const samples: WindowSample[] = [];
  const sampling = every(SAMPLE_EVERY_MS, durationMs, async () => {
    const { requests, tokens } = await provider.readings();
    samples.push({ atMs: Math.round(elapsed()), requests: requests.current, tokens: tokens.current });
    if (samples.length % 15 === 0)
      say(`${samples.length} s: ${requests.current} requests, ${tokens.current} tokens a minute`);
  });
  const limiter: LimiterSample[] = [];
  const asking = every(ASK_LIMITER_EVERY_MS, durationMs, async () => {
    limiter.push({ atMs: Math.round(elapsed()), ...(await askLimiter(server, part)) });
  });
  const killing = Promise.all(
    [1, 2].map(async (index) => {
      await sleep((durationMs * index) / 3 + 5_000);
      const killed = await killWorker(server, `llm-worker-${index}`);
      say(`llm-worker-${index} was killed, and was back after ${killed.backAfterMs} ms`);
      return { name: killed.name, atMs: Math.round(elapsed()) - killed.backAfterMs, backAfterMs: killed.backAfterMs };
    }),
  );
  const firstRuns: Promise<FirstRun>[] = [];
  const coming = sleep(WARM_UP_MS).then(() =>
    every(NEWCOMER_EVERY_MS, durationMs - WARM_UP_MS - NEWCOMER_EVERY_MS, () => {
      const number = firstRuns.length + 1;
      firstRuns.push(sendFirstRun(stand, part, { name: `newcomer-${number}`, background: number % 2 === 0 }));
      return Promise.resolve();
    }),
  );
  const [killed] = await Promise.all([killing, sampling, asking, coming]);
  const takenMs = elapsed();
  const cpuMs = redisCpu() - cpuBefore;
  await load.stop();
  return {
    part,
    workers,
    durationMs,
    samples,
    limiter,
    provider: await provider.readings(),
    killed,
    waits: await readToldWaits(stand.sql),
    firstRuns: await Promise.all(firstRuns),
    ...(await outcomes(stand, load)),
    redis: { cpuMs, coreShare: cpuMs / takenMs },
    load: loadavg()[0] ?? 0,
    logged: server.output.filter((line) => line.includes('{"level"')),
  };
}

async function askLimiter(
  { url, key }: LimitsStand['server'],
  { name }: LimitPart,
): Promise<Omit<LimiterSample, 'atMs'>> {
  const answer = await fetch(`${url}/api/limits/state`, { headers: { 'x-api-key': key } });
  if (!answer.ok) throw new Error(`limits/state: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: LimitUsage[] };
  const usage = data[0];
  return { left: usage?.available[name] ?? 0, underWay: usage?.under_way ?? 0, waiting: usage?.waiting ?? 0 };
}

/** As `kill -9`; the supervisor starts it again. */
async function killWorker(server: LimitsStand['server'], name: string): Promise<{ name: string; backAfterMs: number }> {
  const pid = server.pids()[name];
  if (pid === undefined) throw new Error(`${name} does not run`);
  const killedAt = performance.now();
  process.kill(pid, 'SIGKILL');
  for (;;) {
    const now = server.pids()[name];
    const tookMs = Math.round(performance.now() - killedAt);
    if (now !== undefined && now !== pid) return { name, backAfterMs: tookMs };
    if (tookMs > BACK_WITHIN_MS) throw new Error(`${name} did not come back`);
    await sleep(50);
  }
}

/** At fixed times, so that slow work does not shift what comes after it. */
async function every(intervalMs: number, durationMs: number, work: () => Promise<void>): Promise<void> {
  const begin = performance.now();
  for (let count = 1; count * intervalMs <= durationMs; count += 1) {
    await sleep(Math.max(0, begin + count * intervalMs - performance.now()));
    await work();
  }
}

async function outcomes(
  { sql }: LimitsStand,
  { tenants }: SaturatingLoad,
): Promise<Pick<PartMeasure, 'runs' | 'retried' | 'servedByTenant'>> {
  const byStatus = await sql.query<{ status: string; count: number }>(
    'SELECT status, count(*)::int AS count FROM runs GROUP BY status',
  );
  const retried = await sql.query<{ count: number }>('SELECT count(*)::int AS count FROM runs WHERE retry_count > 0');
  const served = await sql.query<{ tenant_id: string; count: number }>(
    `SELECT tenant_id, count(*)::int AS count FROM runs
      WHERE finished_at > (SELECT min(created_at) FROM runs) + make_interval(secs => $1) GROUP BY tenant_id`,
    [WARM_UP_MS / 1_000],
  );
  const counts = new Map(served.rows.map(({ tenant_id, count }) => [tenant_id, count]));
  return {
    runs: Object.fromEntries(byStatus.rows.map(({ status, count }) => [status, count])),
    retried: retried.rows[0]?.count ?? 0,
    servedByTenant: tenants.map(({ id }) => counts.get(id) ?? 0),
  };
}
