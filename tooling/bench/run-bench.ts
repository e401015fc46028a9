import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCells, type Cell, REFERENCE_CELLS } from './cells.js';
import { countStatements } from './measure/count-statements.js';
import { type CellRound, measureCell } from './measure/measure-cell.js';
import type { ServerMeasure } from './measure/side-measure.js';
import type { StatementsPerRun } from './measure/statements-per-run.js';
import { takeProfiles } from './measure/take-profiles.js';
import { warmUp } from './measure/warm-up.js';
import { withStand } from './measure/with-stand.js';
import { type Cores, chooseCores, pin } from './processes/cores.js';
import { type BenchOptions, readOptions, USAGE } from './read-options.js';
import { judgeGoals } from './report/judge-goals.js';
import { profileText, reportText } from './report/print-report.js';
import { summarizeCell } from './report/summarize-cell.js';

const root = join(import.meta.dirname, '../..');
const say = (line: string) => process.stderr.write(`${line}\n`);

/** The whole command. Answers its exit code: 1 when something was answered wrongly, whatever the speed. */
export async function runBench(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (options.build) build();
  const cores = chooseCores();
  if (cores === undefined) say('nothing is pinned: there is no taskset here, or one core only');
  else pin(process.pid, cores.load);
  if (options.profile !== undefined) return profile(options, cores, options.profile);

  const startedAt = new Date().toISOString();
  const rounds = await measure(options, cores);
  const statements = options.statements ? await statementsOf(options, cores) : [];
  const cells = options.cells.map((cell) => summarizeCell(cell, rounds.get(cell) ?? []));
  const goals = judgeGoals(cells, statements);
  process.stdout.write(`\n${reportText(cells, statements, goals)}\n`);
  if (options.jsonFile !== undefined) {
    const measured = options.cells.map((cell) => ({ id: cell.id, rounds: rounds.get(cell) ?? [] }));
    const { quick, standalone, nodeArgs } = options;
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
    const report = { startedAt, quick, standalone, nodeArgs, machine, goals, cells, statements, measured };
    writeFileSync(options.jsonFile, `${JSON.stringify(report, undefined, 1)}\n`);
  }
  return cells.some(({ errors, lostTokens, doubledTokens }) => errors + lostTokens + doubledTokens > 0) ? 1 : 0;
}

function build(): void {
  say('building what changed');
  execFileSync('pnpm', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}

async function measure(options: BenchOptions, cores: Cores | undefined): Promise<Map<Cell, CellRound[]>> {
  const { cells, standalone, quick, nodeArgs } = options;
  const reference = options.reference && cells.some(({ id }) => REFERENCE_CELLS.includes(id));
  const rounds = new Map<Cell, CellRound[]>(cells.map((cell) => [cell, []]));
  await withStand({ root, standalone, cores, cells, reference, nodeArgs, say }, async (stand) => {
    say('warming up');
    await warmUp(stand, cells, quick);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const cell of cells) {
        const measured = await measureCell(stand, cell, round % 2 === 0);
        rounds.get(cell)?.push(measured);
        const reference = measured.reference ? `; reference ${speedOf(measured.reference)}` : '';
        say(`round ${round + 1}  ${cell.id}  ${speedOf(measured.ours)}${reference}`);
      }
    }
  });
  return rounds;
}

function speedOf({ runsPerSecond, cpuPerRun }: ServerMeasure): string {
  return `${runsPerSecond.toFixed(0)} runs/s  ${cpuPerRun.toFixed(2)} ms CPU a run`;
}

async function statementsOf(
  { standalone, nodeArgs }: BenchOptions,
  cores: Cores | undefined,
): Promise<StatementsPerRun[]> {
  const cells = allCells(true);
  const burst = cells.find(({ id }) => id === 'W2/1');
  const paced = cells.find(({ id }) => id === 'W3/300');
  if (!burst || !paced) throw new Error('the cells under which statements are counted are gone');
  say('counting SQL statements');
  return withStand({ root, standalone, cores, cells: [burst], countsStatements: true, nodeArgs, say }, (stand) =>
    stand.counter === undefined ? Promise.resolve([]) : countStatements(stand, stand.counter, { burst, paced }),
  );
}

async function profile(
  { cells, standalone, quick, nodeArgs }: BenchOptions,
  cores: Cores | undefined,
  names: string[],
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-profile-'));
  await withStand({ root, standalone, cores, cells, profiled: names, nodeArgs, say }, async (stand) => {
    await warmUp(stand, cells, quick);
    for (const cell of cells) {
      say(`profiling under ${cell.id}`);
      const taken = await takeProfiles(stand, { root, folder, cell, names });
      process.stdout.write(`\n${cell.id}: ${cell.about}\n\n${taken.map(profileText).join('\n\n')}\n`);
    }
  });
  return 0;
}
