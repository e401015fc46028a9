import type { Cell } from '../cells.js';
import type { CellRound } from '../measure/measure-cell.js';
import type { SideMeasure, Spread } from '../measure/side-measure.js';
import { median } from './percentile.js';

/** A cell over all rounds: medians; what compares the sides is paired within a round first. Milliseconds. */
export interface CellSummary {
  id: string;
  about: string;
  runs: number;
  runsPerSecond: number;
  directRunsPerSecond: number;
  /** Ours by direct. */
  throughputRatio: number;
  firstToken: Spread;
  addedFirstToken: Spread;
  total: Spread;
  addedTotal: Spread;
  tail: Spread;
  late?: Spread;
  directLate?: Spread;
  cpuPerRun: number;
  cpuPerRunOf: Record<string, number>;
  /** The dearest and the cheapest round: how steady the figure is. */
  cpuPerRunRange: [number, number];
  charactersPerToken: number;
  directCharactersPerToken: number;
  bodyCharactersPerRun: number;
  /** Over all rounds and sides. */
  errors: number;
  problems: Record<string, number>;
  lostTokens: number;
  doubledTokens: number;
  upstreamCalls: number;
  upstreamNeeded?: number;
  peakUpstream: number;
  /** The slowest round; undefined when follow-up work was not done in time in some round. */
  settled?: number;
  residentMbOf: Record<string, number>;
  serverCoreUsed?: number;
  serverCoreOthers?: number;
  loadCoreBusy?: number;
  clientCpuPerRun: number;
  /** Median of the totals of turns 3 to 7 and of the last five of a thread. */
  growth?: { early: number; late: number; directEarly: number; directLate: number };
  reference?: ReferenceSummary;
}

/** What the same cell was like with the bare minimum of a server. */
export interface ReferenceSummary {
  runs: number;
  runsPerSecond: number;
  cpuPerRun: number;
  cpuPerRunOf: Record<string, number>;
  addedFirstToken: Spread;
  /** The reference's throughput by direct. */
  byDirect: number;
  /** Ours by the reference. */
  throughputRatio: number;
  cpuRatio: number;
}

export function summarizeCell(cell: Cell, rounds: readonly CellRound[]): CellSummary {
  const ours = rounds.map((round) => round.ours);
  const direct = rounds.map((round) => round.direct);
  const reference = rounds.flatMap((round) => round.reference ?? []);
  const sides = [...ours, ...direct, ...reference];
  const of = (read: (round: CellRound) => number) => median(rounds.map(read));
  const spreadOf = (read: (round: CellRound) => Spread): Spread => ({
    p50: of((round) => read(round).p50),
    p99: of((round) => read(round).p99),
  });
  const added = (read: (side: SideMeasure) => Spread) =>
    spreadOf(({ ours, direct }) => ({
      p50: read(ours).p50 - read(direct).p50,
      p99: read(ours).p99 - read(direct).p99,
    }));
  const total = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const optional = (values: readonly (number | undefined)[]) =>
    values.includes(undefined) ? undefined : median(values.filter((value) => value !== undefined));
  const needed = ours.map((side) => side.upstreamNeeded);
  const settled = ours.map((side) => side.settled);
  const cpu = ours.map((side) => side.cpuPerRun);
  const problems: Record<string, number> = {};
  for (const side of sides) {
    for (const [problem, count] of Object.entries(side.problems)) problems[problem] = (problems[problem] ?? 0) + count;
  }
  return {
    id: cell.id,
    about: cell.about,
    runs: total(ours.map((side) => side.runs)),
    runsPerSecond: of(({ ours }) => ours.runsPerSecond),
    directRunsPerSecond: of(({ direct }) => direct.runsPerSecond),
    throughputRatio: of(({ ours, direct }) => ours.runsPerSecond / direct.runsPerSecond),
    firstToken: spreadOf(({ ours }) => ours.firstToken),
    addedFirstToken: added((side) => side.firstToken),
    total: spreadOf(({ ours }) => ours.total),
    addedTotal: added((side) => side.total),
    tail: spreadOf(({ ours }) => ours.tail),
    ...(ours.every((side) => side.late) && {
      late: spreadOf(({ ours }) => ours.late ?? { p50: Number.NaN, p99: Number.NaN }),
      directLate: spreadOf(({ direct }) => direct.late ?? { p50: Number.NaN, p99: Number.NaN }),
    }),
    cpuPerRun: median(cpu),
    cpuPerRunOf: medians(ours.map((side) => side.cpuPerRunOf)),
    cpuPerRunRange: [Math.min(...cpu), Math.max(...cpu)],
    charactersPerToken: of(({ ours }) => ours.charactersPerToken),
    directCharactersPerToken: of(({ direct }) => direct.charactersPerToken),
    bodyCharactersPerRun: of(({ ours }) => ours.bodyCharactersPerRun),
    errors: total(Object.values(problems)),
    problems,
    lostTokens: total(sides.map((side) => side.lostTokens)),
    doubledTokens: total(sides.map((side) => side.doubledTokens)),
    upstreamCalls: total(ours.map((side) => side.upstream.requests)),
    ...(!needed.includes(undefined) && { upstreamNeeded: total(needed) }),
    peakUpstream: Math.max(...ours.map((side) => side.upstream.concurrentPeak)),
    ...(!settled.includes(undefined) && { settled: Math.max(...settled.map((ms) => ms ?? 0)) }),
    residentMbOf: medians(ours.map((side) => side.residentMbOf)),
    serverCoreUsed: optional(ours.map((side) => side.serverCoreUsed)),
    serverCoreOthers: optional(ours.map((side) => side.serverCoreOthers)),
    loadCoreBusy: optional(ours.map((side) => side.loadCoreBusy)),
    clientCpuPerRun: of(({ ours }) => ours.clientCpuPerRun),
    ...(cell.oneConversation && cell.users === 1 && { growth: growthOf(rounds) }),
    ...(reference.length > 0 && { reference: referenceOf(rounds) }),
  };
}

function referenceOf(rounds: readonly CellRound[]): ReferenceSummary {
  const pairs = rounds.flatMap(({ direct, ours, reference }) => (reference ? [{ direct, ours, reference }] : []));
  type Pair = (typeof pairs)[number];
  const of = (read: (pair: Pair) => number) => median(pairs.map(read));
  return {
    runs: pairs.reduce((sum, { reference }) => sum + reference.runs, 0),
    runsPerSecond: of(({ reference }) => reference.runsPerSecond),
    cpuPerRun: of(({ reference }) => reference.cpuPerRun),
    cpuPerRunOf: medians(pairs.map(({ reference }) => reference.cpuPerRunOf)),
    addedFirstToken: {
      p50: of(({ reference, direct }) => reference.firstToken.p50 - direct.firstToken.p50),
      p99: of(({ reference, direct }) => reference.firstToken.p99 - direct.firstToken.p99),
    },
    byDirect: of(({ reference, direct }) => reference.runsPerSecond / direct.runsPerSecond),
    throughputRatio: of(({ ours, reference }) => ours.runsPerSecond / reference.runsPerSecond),
    cpuRatio: of(({ ours, reference }) => ours.cpuPerRun / reference.cpuPerRun),
  };
}

function growthOf(rounds: readonly CellRound[]): CellSummary['growth'] {
  const early = (side: SideMeasure) => median(side.totalByTurn?.slice(2, 7) ?? []);
  const late = (side: SideMeasure) => median(side.totalByTurn?.slice(-5) ?? []);
  return {
    early: median(rounds.map((round) => early(round.ours))),
    late: median(rounds.map((round) => late(round.ours))),
    directEarly: median(rounds.map((round) => early(round.direct))),
    directLate: median(rounds.map((round) => late(round.direct))),
  };
}

function medians(records: readonly Record<string, number>[]): Record<string, number> {
  const names = Object.keys(records[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(records.map((record) => record[name] ?? Number.NaN))]));
}
