import { PACED_CROWD, PACED_TURN, type StatementsPerRun } from '../measure/statements-per-run.js';
import type { CellSummary } from './summarize-cell.js';

export interface Goal {
  goal: string;
  bar: string;
  measured: string;
  reached: boolean;
}

/**
 * What the absolute goals of W2/16 are on a machine on which the reference makes 670 runs/s at 1.45 ms: there 250 runs/s are
 * 37 % of it, and 4 ms 2.76 times as much.
 */
const LEAST_OF_REFERENCE = 0.37;
const MOST_CPU_OF_REFERENCE = 2.76;

/** A worker stores the events of all its runs at most every 25 ms, and keeps their leases every few seconds. */
const MOST_SHARED = 41;

/** Judges what was measured; a goal whose cell was left out is not in the list. */
export function judgeGoals(cells: readonly CellSummary[], statements: readonly StatementsPerRun[]): Goal[] {
  const goals: Goal[] = [];
  const judge = (goal: string, bar: string, value: number, unit: string, reached: boolean) =>
    goals.push({ goal, bar, measured: `${rounded(value)}${unit}`, reached });
  const cell = (id: string) => cells.find((candidate) => candidate.id === id);

  const streamed = cell('W2/16');
  if (streamed) {
    const { runsPerSecond, cpuPerRun, charactersPerToken, reference } = streamed;
    judge('W2/16 throughput', '>= 250 runs/s', runsPerSecond, ` runs/s${takenBy(streamed)}`, runsPerSecond >= 250);
    judge('W2/16 CPU a run, titles and databases included', '<= 4 ms', cpuPerRun, ' ms', cpuPerRun <= 4);
    if (reference) {
      const { throughputRatio, cpuRatio } = reference;
      const isFast = throughputRatio >= LEAST_OF_REFERENCE;
      judge('W2/16 throughput by the reference', '>= 37 %', throughputRatio * 100, ' %', isFast);
      const isCheap = cpuRatio <= MOST_CPU_OF_REFERENCE;
      judge('W2/16 CPU a run by the reference', '<= 2.76 times', cpuRatio, ' times', isCheap);
    }
    judge('characters on the wire a token', '<= 80', charactersPerToken, '', charactersPerToken <= 80);
  }
  const waiting = cell('W1/1')?.addedTotal.p50;
  if (waiting !== undefined) judge('W1/1 added, p50', '<= 8 ms', waiting, ' ms', waiting <= 8);
  const crowd = cell('W3/300');
  if (crowd) {
    const { throughputRatio, peakUpstream, addedFirstToken } = crowd;
    judge('W3/300 throughput by direct', '>= 99 %', throughputRatio * 100, ' %', throughputRatio >= 0.99);
    judge('W3/300 peak of calls upstream', '>= 300', peakUpstream, '', peakUpstream >= 300);
    judge('W3/300 added to the first token, p50', '<= 15 ms', addedFirstToken.p50, ' ms', addedFirstToken.p50 <= 15);
  }
  if (cells.length > 0) {
    const wrong = cells.reduce(
      (sum, { errors, lostTokens, doubledTokens }) => sum + errors + lostTokens + doubledTokens,
      0,
    );
    judge('errors, lost and doubled tokens, all cells', '0', wrong, '', wrong === 0);
    const calls = cells.filter(({ upstreamNeeded }) => upstreamNeeded !== undefined);
    const extra = calls.reduce((sum, { upstreamCalls, upstreamNeeded = 0 }) => sum + upstreamCalls - upstreamNeeded, 0);
    judge('calls upstream beyond runs and titles', '0', extra, '', extra === 0);
  }
  const turns = statements.filter(({ what }) => what.startsWith('turn ') || what === PACED_TURN);
  if (turns.length > 0) {
    const counts = turns.map(({ path }) => path);
    const most = Math.max(...counts);
    judge('SQL statements a turn, burst or paced', '<= 6', most, '', most <= 6);
    judge(
      'the same number at every turn',
      '0 apart',
      most - Math.min(...counts),
      ' apart',
      most === Math.min(...counts),
    );
  }
  for (const { what, shared } of statements.filter(({ what }) => what === PACED_TURN || what === PACED_CROWD)) {
    const users = what === PACED_TURN ? 'one paced user' : '50 paced users';
    judge(
      `shared SQL statements a second, ${users}`,
      `<= ${MOST_SHARED}`,
      shared.perSecond,
      '',
      shared.perSecond <= MOST_SHARED,
    );
  }
  return goals;
}

/** Throughput is that of the part of the core which was left to the server; from a twentieth on that has to be said. */
function takenBy({ serverCoreOthers }: CellSummary): string {
  if (serverCoreOthers === undefined || serverCoreOthers < 0.05) return '';
  return ` with ${Math.round(serverCoreOthers * 100)} % of the core taken by others`;
}

export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
