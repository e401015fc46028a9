// `pnpm bench:runtime`: what an agent costs in a process, before any model is asked. docs/performance.md explains it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import '../../checks/import-typescript.mjs';

const ROUNDS = 15;
const CREATED = 20_000;
const KEPT = 5_000;
const TURNS = 2_000;
const TURNS_A_THREAD = 10;
/** Microseconds and bytes. */
const GOALS = { create: 5, heap: 4_096, turn: 100 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const { Agent, tool } = await import('../../../packages/troupe/src/index.ts');
const { z } = await import('zod');

const answer = {
  content: [{ type: 'text', text: 'Hi' }],
  finish: { reason: 'stop', raw: 'stop' },
  usage: {
    inputTokens: 1,
    outputTokens: 1,
    cachedInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  },
};

/** Answers at once: what is measured is the loop around it. */
const model = {
  id: 'bench/instant',
  accounts: ['none'],
  capabilities: {
    structuredOutput: 'json_schema',
    tools: true,
    toolChoice: true,
    images: true,
    files: true,
    promptCache: 'automatic',
    metersOutput: 'as_written',
    metersCachedInput: true,
    batches: false,
  },
  generate: async () => answer,
  async *stream() {
    yield { type: 'text.delta', delta: 'Hi' };
    yield { type: 'completed', response: answer };
  },
};

const weather = tool({
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: async () => 'sunny',
});

const create = () => new Agent({ name: 'Weather', role: 'You tell the weather.', model, tools: [weather] });

const results = [
  ['creating an agent with one tool', await best(() => timed(CREATED, create)), GOALS.create, 'µs'],
  ['memory that it keeps', heapOf(create), GOALS.heap, 'bytes'],
  ['a no-op turn, new thread', await best(() => turns(0)), GOALS.turn, 'µs'],
  ['a no-op turn, thread of 40 messages', await best(() => turns(20)), GOALS.turn, 'µs'],
];

let missed = false;
for (const [what, measured, goal, unit] of results) {
  const { median, lowest } = measured;
  const isMet = median <= goal;
  missed ||= !isMet;
  const spread = lowest === undefined ? '' : ` (lowest ${shown(lowest)})`;
  process.stdout.write(
    `${what.padEnd(38)} ${shown(median).padStart(8)} ${unit}${spread}, at most ${goal}${isMet ? '' : ': MISSED'}\n`,
  );
}
process.exitCode = missed ? 1 : 0;

/** Microseconds of CPU for one. */
function timed(count, work) {
  const begin = process.cpuUsage();
  for (let n = 0; n < count; n += 1) work();
  return microseconds(begin) / count;
}

/** @param before answers that are on the thread already; 0: each turn has a thread of its own */
async function turns(before) {
  const agent = create();
  let spent = 0;
  for (let done = 0; done < TURNS; done += TURNS_A_THREAD) {
    agent.newThread();
    for (let n = 0; n < before; n += 1) await agent.chat('Hello');
    const begin = process.cpuUsage();
    for (let n = 0; n < TURNS_A_THREAD; n += 1) {
      if (before === 0) agent.newThread();
      await agent.chat('Hello');
    }
    spent += microseconds(begin);
  }
  return spent / TURNS;
}

/** Of all threads of the process, the garbage collector's too: other work on the machine does not count. */
function microseconds(begin) {
  const { user, system } = process.cpuUsage(begin);
  return user + system;
}

/** The median of the rounds, of which the first, in which code is compiled, does not count. */
async function best(round) {
  await round();
  const measured = [];
  for (let n = 0; n < ROUNDS; n += 1) measured.push(await round());
  measured.sort((a, b) => a - b);
  return { median: measured[Math.floor(measured.length / 2)], lowest: measured[0] };
}

/** Bytes of heap for one that is kept. */
function heapOf(make) {
  const kept = Array.from({ length: KEPT }, make);
  kept.length = 0;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < KEPT; n += 1) kept.push(make());
  collectGarbage();
  return { median: (process.memoryUsage().heapUsed - before) / kept.length };
}

function shown(number) {
  return number < 100 ? number.toFixed(2) : String(Math.round(number));
}
