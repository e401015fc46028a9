import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, type App } from '../stack/app-names.js';
import { done, type FaultContext, type FaultKind, type FaultResult, missed } from './fault-kind.js';

const WEIGHTS: Readonly<Record<App, number>> = {
  'llm-worker': 6,
  'tool-worker': 3,
  gateway: 3,
  'memory-extractor': 1,
  'summary-worker': 1,
};

/** F1 to F5: `kill -9`, of one process or of all of them in one moment. */
export const killFaults: readonly FaultKind[] = [
  ...APPS.map(
    (app): FaultKind => ({
      name: `kill ${app}`,
      family: 'kill',
      plan: 'F1-F4',
      weight: WEIGHTS[app],
      inject: (context) => kill(context, app),
    }),
  ),
  { name: 'kill all workers', family: 'kill', plan: 'F5', weight: 1, inject: killAll },
];

async function kill({ stack, random }: FaultContext, app: App): Promise<FaultResult> {
  const process = await stack.pickReady(app, random);
  if (!process) return missed(`no ${app} was ready`);
  // A phase of its own: kills right after a fault would meet the same moment again and again.
  await sleep(random.integer(0, 150));
  const { name, pid } = process;
  process.signal('SIGKILL', true);
  return done(`${name} (${pid})`);
}

async function killAll({ stack }: FaultContext): Promise<FaultResult> {
  const killed = stack.apps.filter(({ app, isReady }) => app !== 'gateway' && isReady);
  for (const process of killed) process.signal('SIGKILL', true);
  return killed.length > 0 ? done(`${killed.length} processes`) : missed('none was ready');
}
