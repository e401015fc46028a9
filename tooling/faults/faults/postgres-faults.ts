import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../stack/app-names.js';
import { done, type FaultContext, type FaultKind, type FaultResult, missed } from './fault-kind.js';

const LOST_WITHIN_MS = 4_000;

/** Statements that commit, and how often their reply is lost: those that everything hangs on more often. */
const COMMITS: Readonly<Record<string, number>> = {
  'commit-steps': 8,
  'commit-asking-step': 2,
  'commit-handoff-step': 2,
  'commit-correction': 2,
  'commit-output-step': 1,
  'start-subrun': 3,
  // Of a transaction: a decision, the end of a run below another, a request with a key.
  COMMIT: 4,
  'claim-runs': 4,
  'accept-runs-on-new-threads': 4,
  'accept-run-on-free-thread': 3,
  'dispatch-tool-call': 4,
  'complete-tool-call': 4,
  'append-events': 2,
  'renew-leases': 1,
  'end-parked-run': 1,
  'request-cancel': 1,
  'claim-follow-ups': 1,
  'finish-follow-ups': 1,
};

/** F19 to F22: PostgreSQL crashes, loses single connections, falls silent, or its answer to a commit is lost. */
export const postgresFaults: readonly FaultKind[] = [
  {
    name: 'restart Postgres immediately',
    family: 'postgres',
    plan: 'F19',
    weight: 3,
    inject: (c) => restart(c, 'SIGQUIT'),
  },
  { name: 'restart Postgres fast', family: 'postgres', plan: 'F20', weight: 1, inject: (c) => restart(c, 'SIGINT') },
  { name: 'kill a backend', family: 'postgres', plan: 'F20', weight: 1, inject: killBackend },
  { name: 'terminate a backend', family: 'postgres', plan: 'F20', weight: 2, inject: terminateBackend },
  { name: 'freeze Postgres', family: 'postgres-freeze', plan: 'F22', weight: 1, inject: freezeAll },
  ...Object.entries(COMMITS).map(
    ([statement, weight]): FaultKind => ({
      name: `lose the reply to ${statement}`,
      family: 'lost-commit',
      plan: 'F21',
      weight,
      inject: (context) => loseReply(context, statement),
    }),
  ),
  ...(['postgres', 'redis'] as const).map(
    (service): FaultKind => ({
      name: `partition a process from ${service}`,
      family: 'partition',
      plan: 'F42',
      weight: 2,
      inject: (context) => partition(context, service),
    }),
  ),
  { name: 'slow network', family: 'partition', plan: 'F42', weight: 1, inject: slowNetwork },
];

async function restart({ stack }: FaultContext, signal: 'SIGQUIT' | 'SIGINT'): Promise<FaultResult> {
  const startedAt = Date.now();
  await stack.databases.restart('postgres', signal);
  return done(`away for ${Date.now() - startedAt} ms`);
}

async function killBackend(context: FaultContext): Promise<FaultResult> {
  const backend = await pickBackend(context);
  if (!backend) return missed('no connection');
  process.kill(backend.pid, 'SIGKILL');
  return done(`of ${backend.application_name}; PostgreSQL restarts all others`);
}

async function terminateBackend(context: FaultContext): Promise<FaultResult> {
  const backend = await pickBackend(context);
  if (!backend) return missed('no connection');
  await context.stack.sql.query('SELECT pg_terminate_backend($1)', [backend.pid]);
  return done(`of ${backend.application_name}`);
}

async function pickBackend({
  stack,
  random,
}: FaultContext): Promise<{ pid: number; application_name: string } | undefined> {
  const { rows } = await stack.sql.query<{ pid: number; application_name: string }>(
    "SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE '%-worker' OR application_name = 'gateway'",
  );
  return rows.length > 0 ? random.pick(rows) : undefined;
}

async function freezeAll({ stack, random }: FaultContext): Promise<FaultResult> {
  const milliseconds = random.integer(3_000, 15_000);
  for (const { proxies } of stack.apps) proxies.postgres.freeze();
  await sleep(milliseconds);
  for (const { proxies } of stack.apps) proxies.postgres.thaw();
  return done(`${milliseconds} ms`);
}

async function loseReply({ stack }: FaultContext, statement: string): Promise<FaultResult> {
  const lost = Promise.withResolvers<string | undefined>();
  const takeBack = stack.apps.map(({ name, proxies }) =>
    proxies.postgres.loseReply({
      request: statement,
      onLost: (committed) => lost.resolve(committed ? `of ${name}` : undefined),
    }),
  );
  const timer = setTimeout(() => lost.resolve(undefined), LOST_WITHIN_MS);
  const detail = await lost.promise;
  clearTimeout(timer);
  for (const take of takeBack) take();
  return detail === undefined ? missed('nobody asked') : done(detail);
}

async function partition({ stack, random }: FaultContext, service: 'postgres' | 'redis'): Promise<FaultResult> {
  const app = random.pick<App>(['llm-worker', 'llm-worker', 'tool-worker', 'gateway']);
  const process = await stack.pickReady(app, random);
  if (!process) return missed(`no ${app} was ready`);
  const milliseconds = random.integer(1_000, 10_000);
  const proxy = process.proxies[service];
  // A cable that was pulled, or a firewall that says so.
  const silent = random.chance(0.6);
  if (silent) proxy.freeze();
  else await proxy.refuse();
  await sleep(milliseconds);
  if (silent) proxy.thaw();
  else await proxy.accept();
  return done(`${process.name}, ${silent ? 'silent' : 'refused'}, ${milliseconds} ms`);
}

async function slowNetwork({ stack, random }: FaultContext): Promise<FaultResult> {
  const delayMs = random.integer(20, 300);
  const proxies = stack.apps.flatMap((app) => [app.proxies.postgres, app.proxies.redis]);
  for (const proxy of proxies) proxy.slow(delayMs);
  await sleep(random.integer(2_000, 6_000));
  for (const proxy of proxies) proxy.slow(0);
  return done(`${delayMs} ms each way`);
}
