import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS } from '../../../packages/failpoints/src/index.js';
import { done, type FaultContext, type FaultKind, type FaultResult, missed } from './fault-kind.js';

/** How long a process may be in coming by. Milliseconds. */
const REACHED_WITHIN_MS = 6_000;
/** Points that are reached only after something else went wrong or was asked for. */
const SELDOM_WITHIN_MS = 20_000;
/** Cases that are played to get there. */
const EXTRA_CASES = 8;

/** What makes a process come by a point that work as usual does not lead to, or not often. */
const PROVOKED: Readonly<Record<string, (context: FaultContext) => Promise<unknown>>> = {
  'cancel.after-commit': playCancelled,
  'commit.before-cancel': playCancelledAmongTools,
  'drain.begun': terminateWorker,
  'drain.before-hand-back': terminateWorker,
  'turn.after-failure': failProvider,
  'tool.before-unknown': killBeforeSends,
  'reconcile.before-expiry': passDeadlines,
  'reconcile.after-expiry': passDeadlines,
};

const PASS_DEADLINE = `UPDATE runs SET deadline_at = now()
  WHERE id = (SELECT id FROM runs WHERE status = 'waiting' AND wait_kind = 'tool' AND deadline_at > now()
    ORDER BY next_wake_at LIMIT 1 FOR UPDATE SKIP LOCKED)`;

const SELDOM = /^(?:cancel|drain|reconcile|follow-up)\.|before-cancel|before-unknown|after-failure/;

/** F6: `kill -9` of the process that reaches a point. F9: it freezes there. F10: it does nothing else for a while. */
export const failpointFaults: readonly FaultKind[] = [
  ...FAILPOINTS.map(
    (point): FaultKind => ({
      name: `kill at ${point}`,
      family: 'failpoint',
      plan: 'F6',
      weight: 1,
      inject: (context) => killAt(context, point),
    }),
  ),
  {
    name: 'freeze between dispatch and send',
    family: 'failpoint-stop',
    plan: 'F9',
    weight: 2,
    inject: freezeBeforeSend,
  },
  { name: 'freeze at any point', family: 'failpoint-stop', plan: 'F8', weight: 2, inject: freezeAtAny },
  { name: 'block the event loop', family: 'failpoint-stop', plan: 'F10', weight: 1, inject: blockEventLoop },
];

async function killAt(context: FaultContext, point: string): Promise<FaultResult> {
  const withinMs = SELDOM.test(point) ? SELDOM_WITHIN_MS : REACHED_WITHIN_MS;
  const provoked = PROVOKED[point]?.(context);
  const pid = await context.stack.failpoints.fire(point, { action: 'kill' }, withinMs);
  await provoked;
  return pid === undefined ? missed('nobody came by') : done(`process ${pid}`);
}

async function playCancelled({ play, random }: FaultContext): Promise<void> {
  const cancels = Array.from({ length: EXTRA_CASES }, () => random.integer(0, 2_500));
  await Promise.all(cancels.map((cancelAfterMs) => play({ rounds: [], cancelAfterMs })));
}

/** A turn that ends with calls, and a cancel that comes too late to stop it: only such a run is parked and then ended. */
async function playCancelledAmongTools({ play, random }: FaultContext): Promise<void> {
  const rounds = Array.from({ length: 8 }, () => ['lookup' as const]);
  const cancels = Array.from({ length: 3 * EXTRA_CASES }, () => random.integer(50, 2_500));
  await Promise.all(cancels.map((cancelAfterMs) => play({ rounds, cancelAfterMs })));
}

/** Workers that are to send an effect die before they do: somebody else has to say that the outcome is not known. */
async function killBeforeSends({ stack, play }: FaultContext): Promise<void> {
  const rounds = Array.from({ length: 4 }, () => ['charge' as const]);
  const plays = Array.from({ length: EXTRA_CASES }, () => play({ rounds }));
  for (let kills = 0; kills < 3; kills += 1) {
    await stack.failpoints.fire('tool.after-dispatch', { action: 'kill' }, REACHED_WITHIN_MS);
  }
  await Promise.all(plays);
}

function failProvider({ stack, number }: FaultContext): Promise<boolean> {
  const fault = { number, reply: { status: 500 } };
  return stack.provider.order(fault);
}

/** Deadlines of a few runs pass while they wait for tools of dead workers; by themselves they do not within most of a minute. */
async function passDeadlines(context: FaultContext): Promise<void> {
  const stuck = killBeforeSends(context);
  for (let tries = 0; tries < 3 * EXTRA_CASES; tries += 1) {
    await context.stack.sql.query(PASS_DEADLINE);
    await sleep(500);
  }
  await stuck;
}

async function terminateWorker({ stack, random }: FaultContext): Promise<void> {
  const process = await stack.pickReady('llm-worker', random);
  process?.signal('SIGTERM', true);
}

function freezeBeforeSend(context: FaultContext): Promise<FaultResult> {
  // Longer than the lease of a call: by then somebody else has decided about it.
  return freezeAt(context, 'tool.after-dispatch', context.random.integer(1_000, 9_000));
}

function freezeAtAny(context: FaultContext): Promise<FaultResult> {
  const { stack, random } = context;
  const points = FAILPOINTS.filter((point) => !SELDOM.test(point));
  return freezeAt(context, random.pick(points), random.pick([1, 2, 5]) * stack.leaseSeconds * 1_000);
}

async function freezeAt({ stack }: FaultContext, point: string, milliseconds: number): Promise<FaultResult> {
  const pid = await stack.failpoints.fire(point, { action: 'stop' }, REACHED_WITHIN_MS);
  if (pid === undefined) return missed(`nobody came by ${point}`);
  await sleep(milliseconds);
  stack.apps.find((app) => app.pid === pid)?.signal('SIGCONT', false);
  return done(`process ${pid} at ${point} for ${milliseconds} ms`);
}

async function blockEventLoop({ stack, random }: FaultContext): Promise<FaultResult> {
  const point = random.pick(['turn.any-event', 'commit.before', 'tool.after-dispatch', 'lease.before-renewal']);
  const ms = 3 * stack.leaseSeconds * 1_000;
  const pid = await stack.failpoints.fire(point, { action: 'sleep', ms }, REACHED_WITHIN_MS);
  if (pid === undefined) return missed(`nobody came by ${point}`);
  await sleep(ms);
  return done(`process ${pid} at ${point} for ${ms} ms`);
}
