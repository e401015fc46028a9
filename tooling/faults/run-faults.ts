import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drawFaults, listFaults, type Pause, type PlannedFault, repeatFaults } from './faults/schedule.js';
import { SLICE } from './faults/slice.js';
import { Random } from './random.js';
import { type FaultOptions, readOptions, USAGE } from './read-options.js';
import { summaryText, violationText } from './report/print-summary.js';
import { type FaultReport, summarize } from './report/summarize.js';
import { type RoundResult, runRound } from './round.js';
import { Stack } from './stack/stack.js';
import { makeTenants } from './stack/tenants.js';
import { UnhandledLines } from './stack/unhandled-lines.js';

const root = join(import.meta.dirname, '../..');
const say = (line: string) => process.stderr.write(`${line}\n`);

const TENANTS = 4;
/** A round is checked as a whole; its evidence fits into memory. Milliseconds of faults. */
const ROUND_MS = 180_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The whole command. Answers its exit code: 1 when a promise was not kept. */
export async function runFaults(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (options.mode === 'sum') {
    const reports = options.files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as FaultReport);
    return print(reports);
  }
  if (options.build) build();
  const replay = replayCommand(options, args);
  say(`seed ${options.seed}; the same again: ${replay}`);
  const report: FaultReport = {
    startedAt: new Date().toISOString(),
    command: replay,
    seed: options.seed,
    productionTimers: options.productionTimers,
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    rounds: [],
  };
  await withStack(options, async (stack) => {
    for await (const round of runRounds(options, stack)) {
      report.rounds.push(round);
      // After every round: a run of many hours that is cut short has not been for nothing.
      if (options.jsonFile !== undefined) writeReport(options.jsonFile, report);
      for (const violation of round.violations.slice(0, 10)) say(`VIOLATION ${violationText(violation)}`);
    }
  });
  const code = print([report]);
  if (code !== 0) process.stdout.write(`\nThe same faults again: ${replay}\n`);
  return code;
}

async function* runRounds(options: FaultOptions, stack: Stack): AsyncGenerator<RoundResult> {
  const { seed, mode, clients, maxFaults, maxMinutes } = options;
  const random = new Random(seed);
  const tenants = await makeTenants(stack, TENANTS);
  const drawn = random.fork('schedule');
  const schedule = scheduleOf(options, drawn);
  const limit = mode === 'slice' ? Math.min(maxFaults, SLICE.length) : maxFaults;
  const endAt = Date.now() + maxMinutes * 60_000;
  const unhandled = new UnhandledLines(stack.log);
  const keepIn = join(tmpdir(), `troupe-faults-${process.getuid?.() ?? 0}`, `violations-${seed}`);
  let injected = 0;
  for (let number = 1; injected < limit && Date.now() < endAt; number += 1) {
    const roundEndAt = mode === 'slice' ? endAt : Math.min(endAt, Date.now() + ROUND_MS);
    const result = await runRound({
      stack,
      tenants,
      number,
      random: random.fork(`round ${number}`),
      clients,
      schedule,
      goesOn: (begun) => injected + begun < limit && Date.now() < roundEndAt,
      unhandled,
      keepIn: join(keepIn, `round-${number}`),
      say,
    });
    injected += new Set(result.faults.map((fault) => fault.number)).size;
    const runs = Object.values(result.outcomes).reduce((sum, count) => sum + count, 0);
    say(`round ${number}: ${runs} runs, ${result.faults.length} faults, ${result.violations.length} violations`);
    yield result;
    if (result.faults.length === 0) return;
  }
}

function scheduleOf(options: FaultOptions, random: Random): Iterator<PlannedFault> {
  const { mode, families, named } = options;
  if (mode === 'slice') return listFaults(random, SLICE);
  return named ? repeatFaults(random, named) : drawFaults(random, families, pauseAround(options));
}

/** From half to one and a half times as long, so that faults do not fall into step with timers. */
function pauseAround({ pauseSeconds }: FaultOptions): Pause | undefined {
  return pauseSeconds === undefined ? undefined : { from: pauseSeconds * 500, to: pauseSeconds * 1_500 };
}

/** Starts everything on empty databases, does the work and ends everything, whatever happens. */
async function withStack(options: FaultOptions, work: (stack: Stack) => Promise<void>): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  let interrupted: Promise<never> | undefined;
  // Databases have a session of their own and would outlive a Ctrl-C.
  const interrupt = () => {
    interrupted = cleanUp.disposeAsync().then(() => process.exit(130));
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    say('starting databases, oracles and nine processes');
    const { productionTimers } = options;
    await work(await Stack.start({ root, productionTimers, say }, cleanUp));
  } catch (error) {
    // What failed is what the interruption took away; the process ends when everything is ended.
    await interrupted;
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

function print(reports: readonly FaultReport[]): number {
  const summary = summarize(reports);
  process.stdout.write(`\n${summaryText(summary)}\n`);
  return summary.violations.length > 0 ? 1 : 0;
}

function writeReport(file: string, report: FaultReport): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report)}\n`);
}

function replayCommand({ seed }: FaultOptions, args: readonly string[]): string {
  const others = args.filter((argument, index) => {
    const before = args[index - 1];
    return argument !== '--' && !argument.startsWith('--seed') && before !== '--seed';
  });
  return ['pnpm faults', ...others, '--seed', seed].join(' ');
}

function build(): void {
  say('building what changed');
  execFileSync('pnpm', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}
