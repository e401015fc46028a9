import { describe, expect, test } from '@jest/globals';
import { allCells } from '../cells.js';
import type { CellRound } from '../measure/measure-cell.js';
import { PACED_CROWD, PACED_TURN } from '../measure/statements-per-run.js';
import { judgeGoals } from './judge-goals.js';
import { summarizeCell } from './summarize-cell.js';

const cell = (id: string) => {
  const found = allCells(true).find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

function round(direct: number, ours: number, change: Partial<CellRound['ours']> = {}): CellRound {
  const side = (ms: number) => ({
    runs: 10,
    runsPerSecond: 1000 / ms,
    firstToken: { p50: ms, p99: ms },
    tail: { p50: 0, p99: 0 },
    total: { p50: ms, p99: ms },
    charactersPerToken: 60,
    bodyCharactersPerRun: 6_000,
    tokens: 1_000,
    lostTokens: 0,
    doubledTokens: 0,
    problems: {},
    upstream: { requests: 20, inFlight: 0, concurrentPeak: 1, outcomes: {} },
    clientCpuPerRun: 0,
  });
  const server = { upstreamNeeded: 20, cpuPerRun: 3, cpuPerRunOf: { gateway: 3 }, residentMbOf: {}, settled: 100 };
  return { direct: side(direct), ours: { ...side(ours), ...server, ...change } };
}

/** Milliseconds a run on each side; CPU of ours and of the reference is the same as their times. */
function compared(direct: number, ours: number, reference: number): CellRound {
  const server = (ms: number) => round(direct, ms, { cpuPerRun: ms }).ours;
  return { ...round(direct, ours), ours: server(ours), reference: server(reference) };
}

describe('summarizeCell', () => {
  test('compares the sides within a round before it takes the median of the rounds', () => {
    const summary = summarizeCell(cell('W2/16'), [round(1, 4), round(10, 11), round(2, 4)]);
    expect(summary.addedTotal.p50).toBe(2);
    expect(summary.total.p50).toBe(4);
    expect(summary.throughputRatio).toBe(0.5);
  });

  test('counts what went wrong in any round, on either side', () => {
    const broken = round(1, 2, { problems: { 'HTTP 500': 2 }, lostTokens: 3 });
    broken.direct.doubledTokens = 1;
    expect(summarizeCell(cell('W2/16'), [round(1, 2), broken])).toMatchObject({
      errors: 2,
      lostTokens: 3,
      doubledTokens: 1,
    });
  });

  test('says nothing about the end of follow-ups when one round did not see it', () => {
    const summary = summarizeCell(cell('W2/16'), [round(1, 2), round(1, 2, { settled: undefined })]);
    expect(summary.settled).toBeUndefined();
  });
});

describe('the reference in a summary', () => {
  test('is what ours is divided by within a round, before the median of the rounds', () => {
    const rounds = [compared(1, 4, 2), compared(10, 40, 10), compared(3, 6, 3)];
    expect(summarizeCell(cell('W2/16'), rounds).reference).toMatchObject({
      runs: 30,
      runsPerSecond: 1000 / 3,
      throughputRatio: 0.5,
      cpuRatio: 2,
      addedFirstToken: { p50: 0, p99: 0 },
      byDirect: 1,
    });
  });

  test('is left out where it was not measured', () => {
    expect(summarizeCell(cell('W2/16'), [round(1, 2)])).not.toHaveProperty('reference');
  });

  test('makes the cell wrong when it answers wrongly', () => {
    const broken = compared(1, 4, 2);
    if (broken.reference) Object.assign(broken.reference, { lostTokens: 2, problems: { 'HTTP 500': 1 } });
    expect(summarizeCell(cell('W2/16'), [broken])).toMatchObject({ errors: 1, lostTokens: 2 });
  });
});

describe('judgeGoals', () => {
  const reached = (rounds: CellRound[], id = 'W2/16') =>
    Object.fromEntries(judgeGoals([summarizeCell(cell(id), rounds)], []).map((goal) => [goal.goal, goal.reached]));

  test('a cell that was not measured is not judged', () => {
    expect(judgeGoals([], [])).toEqual([]);
    expect(Object.keys(reached([round(1, 2)], 'W1/1'))).not.toContain('W2/16 throughput');
  });

  test('sees a hidden cap, a lost token and a doubled call', () => {
    const paced = reached(
      [round(1, 1, { lostTokens: 1, upstream: { ...round(1, 1).ours.upstream, requests: 21 } })],
      'W3/300',
    );
    expect(paced).toMatchObject({
      'W3/300 throughput by direct': true,
      'W3/300 peak of calls upstream': false,
      'errors, lost and doubled tokens, all cells': false,
      'calls upstream beyond runs and titles': false,
    });
  });

  test('judges each figure by its bar', () => {
    expect(reached([round(1, 3.9)])).toMatchObject({
      'W2/16 throughput': true,
      'characters on the wire a token': true,
    });
    expect(reached([round(1, 4.1, { cpuPerRun: 4.1, charactersPerToken: 81 })])).toMatchObject({
      'W2/16 throughput': false,
      'W2/16 CPU a run, titles and databases included': false,
      'characters on the wire a token': false,
    });
  });

  test('judges W2/16 by the reference, where there is one', () => {
    const names = ['W2/16 throughput by the reference', 'W2/16 CPU a run by the reference'];
    const judged = (ours: number) => names.map((name) => reached([compared(1, ours, 10)])[name]);
    expect(judged(26.9)).toEqual([true, true]);
    expect(judged(27.3)).toEqual([false, true]);
    expect(judged(27.7)).toEqual([false, false]);
    expect(Object.keys(reached([round(1, 4)]))).not.toEqual(expect.arrayContaining(names));
  });

  describe('statements', () => {
    const counted = (what: string, path: number, perSecond = 0) => ({
      what,
      path,
      shared: { perRun: 0, perSecond },
      runs: 1,
      statements: {},
      transactions: {},
      texts: [],
    });
    const judged = (...paths: number[]) =>
      judgeGoals(
        [],
        paths.map((path, turn) => counted(`turn ${turn} of a thread`, path)),
      ).map((goal) => goal.reached);

    test('at most six, and the same number at every turn', () => {
      expect(judged(6, 6)).toEqual([true, true]);
      expect(judged(7, 7)).toEqual([false, true]);
      expect(judged(3, 4)).toEqual([true, false]);
    });

    test('a turn that lasts is judged by the same bar', () => {
      const reached = (path: number) =>
        judgeGoals([], [counted('turn 2 of a thread', 3), counted(PACED_TURN, path)]).map((goal) => goal.reached);
      expect(reached(3)).toEqual([true, true, true]);
      expect(reached(4)).toEqual([true, false, true]);
      expect(reached(7)).toEqual([false, false, true]);
    });

    test('what a worker executes for all its runs is bound by the clock, however many they are', () => {
      const reached = (perSecond: number) =>
        judgeGoals([], [counted(PACED_CROWD, 3, perSecond)]).map((goal) => goal.reached);
      expect(reached(40)).toEqual([true]);
      expect(reached(50)).toEqual([false]);
    });
  });
});
