import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolFaultKind } from '../oracles/tool-send.js';
import type { Random } from '../random.js';
import { done, type FaultContext, type FaultKind, type FaultResult, missed } from './fault-kind.js';

const CUT_WITHIN_MS = 4_000;

/** What the provider answers instead, in the simulator's words. */
const REPLIES: Readonly<Record<string, { plan: string; weight: number; reply(random: Random): object }>> = {
  'a rate limit': { plan: 'F28', weight: 2, reply: () => ({ status: 429 }) },
  'a rate limit with a pause': { plan: 'F28', weight: 2, reply: () => ({ status: 429, retryAfter: 1 }) },
  'an error': { plan: 'F29', weight: 3, reply: (random) => ({ status: random.pick([500, 502, 503, 529]) }) },
  'nothing, before headers': { plan: 'F31', weight: 1, reply: () => ({ hang: 'before_headers' }) },
  'nothing, in mid-stream': { plan: 'F32', weight: 1, reply: (random) => ({ hang: random.integer(0, 12) }) },
  'a slow drip': { plan: 'F33', weight: 2, reply: (random) => ({ tokenDelayMs: random.integer(100, 300) }) },
  'a cut': { plan: 'F34', weight: 6, reply: (random) => ({ cutAfter: random.integer(0, 12) }) },
  'an error in mid-stream': { plan: 'F35', weight: 2, reply: (random) => ({ errorAfter: random.integer(0, 12) }) },
  garbage: { plan: 'F35', weight: 3, reply: (random) => ({ garbage: random.pick(['json', 'html', 'empty', 'sse']) }) },
  'split characters': { plan: 'F35', weight: 1, reply: (random) => ({ splitBytes: random.integer(1, 7) }) },
};

const TOOL_FAULTS: Readonly<Record<ToolFaultKind, number>> = {
  'error-before': 1,
  'error-after': 2,
  'lost-reply': 3,
  'hang-before': 1,
  'hang-after': 2,
  late: 1,
};

/** Longer than the tools' time limit, in milliseconds. */
const LATE_MS = 2_500;

/** F28 to F37: what is upstream fails, hangs, breaks off, or answers nonsense. */
export const upstreamFaults: readonly FaultKind[] = [
  ...Object.entries(REPLIES).map(
    ([what, { plan, weight, reply }]): FaultKind => ({
      name: `the provider answers ${what}`,
      family: 'provider',
      plan,
      weight,
      inject: (context) => order(context, 'provider', { reply: reply(context.random) }),
    }),
  ),
  { name: 'cut the provider at any byte', family: 'provider', plan: 'F34', weight: 5, inject: cutAtByte },
  { name: 'the provider refuses', family: 'provider', plan: 'F30', weight: 1, harmsProvider: true, inject: refuse },
  ...Object.entries(TOOL_FAULTS).map(
    ([kind, weight]): FaultKind => ({
      name: `a tool's ${kind}`,
      family: 'tool',
      plan: 'F37',
      weight,
      inject: (context) => order(context, 'tools', { kind, afterMs: LATE_MS }),
    }),
  ),
];

async function order(
  { stack, number }: FaultContext,
  oracle: 'provider' | 'tools',
  fault: object,
): Promise<FaultResult> {
  const detail = JSON.stringify(fault);
  return (await stack[oracle].order({ number, ...fault })) ? done(detail) : missed(detail);
}

async function cutAtByte({ stack, random }: FaultContext): Promise<FaultResult> {
  const process = await stack.pickReady('llm-worker', random);
  if (!process) return missed('no llm-worker was ready');
  const bytes = random.integer(0, 8_000);
  const cut = Promise.withResolvers<boolean>();
  const takeBack = process.proxies.provider.cutAfter(bytes, () => cut.resolve(true));
  const timer = setTimeout(() => cut.resolve(false), CUT_WITHIN_MS);
  const hit = await cut.promise;
  clearTimeout(timer);
  takeBack();
  const detail = `${process.name} after ${bytes} bytes`;
  return hit ? done(detail) : missed(detail);
}

async function refuse({ stack, random }: FaultContext): Promise<FaultResult> {
  const process = await stack.pickReady('llm-worker', random);
  if (!process) return missed('no llm-worker was ready');
  const milliseconds = random.integer(500, 4_000);
  await process.proxies.provider.refuse();
  await sleep(milliseconds);
  await process.proxies.provider.accept();
  return done(`${process.name} for ${milliseconds} ms`);
}
