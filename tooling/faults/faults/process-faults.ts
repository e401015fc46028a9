import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../stack/app-names.js';
import { done, type FaultContext, type FaultKind, type FaultResult, missed } from './fault-kind.js';

const WORKERS = ['llm-worker', 'llm-worker', 'tool-worker'] as const;
const ANY: readonly App[] = [...WORKERS, 'gateway', 'memory-extractor', 'summary-worker'];

/** F7, F8, F39, F40: processes that freeze, that are told to end, and a run that takes its workers along. */
export const processFaults: readonly FaultKind[] = [
  { name: 'freeze a process', family: 'freeze', plan: 'F8', weight: 1, inject: freeze },
  { name: 'terminate a process', family: 'drain', plan: 'F39', weight: 3, inject: terminate },
  { name: 'rolling restart of an app', family: 'drain', plan: 'F39', weight: 1, inject: rollingRestart },
  { name: 'terminate, then kill', family: 'drain', plan: 'F40', weight: 2, inject: terminateThenKill },
  { name: 'a run that kills its workers', family: 'crash-loop', plan: 'F7', weight: 1, inject: crashLoop },
];

async function freeze({ stack, random }: FaultContext): Promise<FaultResult> {
  const app = random.pick(ANY);
  const milliseconds = random.pick([1, 2, 5]) * stack.leaseSeconds * 1_000;
  const process = await stack.pickReady(app, random);
  if (!process) return missed(`no ${app} was ready`);
  process.signal('SIGSTOP', false);
  await sleep(milliseconds);
  process.signal('SIGCONT', false);
  return done(`${process.name} for ${milliseconds} ms`);
}

async function terminate({ stack, random }: FaultContext): Promise<FaultResult> {
  const app = random.pick(ANY);
  const process = await stack.pickReady(app, random);
  if (!process) return missed(`no ${app} was ready`);
  process.signal('SIGTERM', true);
  return done(process.name);
}

async function rollingRestart({ stack, random }: FaultContext): Promise<FaultResult> {
  const app = random.pick(['gateway', ...WORKERS] as const);
  for (const process of stack.appsOf(app)) {
    const before = process.pid;
    process.signal('SIGTERM', true);
    // The next goes when this one is back, as a deployment does it.
    for (let waited = 0; waited < 30_000 && !(process.isReady && process.pid !== before); waited += 50) await sleep(50);
  }
  return done(`every ${app}`);
}

async function terminateThenKill({ stack, random }: FaultContext): Promise<FaultResult> {
  const app = random.pick(ANY);
  const process = await stack.pickReady(app, random);
  if (!process) return missed(`no ${app} was ready`);
  const { pid } = process;
  process.signal('SIGTERM', true);
  await sleep(random.integer(0, 1_000));
  const stillThere = process.pid === pid;
  if (stillThere) process.signal('SIGKILL', true);
  return stillThere ? done(process.name) : missed(`${process.name} had ended already`);
}

async function crashLoop({ play }: FaultContext): Promise<FaultResult> {
  await play({ rounds: [], poisoned: true });
  return done('until it was given up');
}
