import { performance } from 'node:perf_hooks';
import { type Cell, REFERENCE_CELLS } from '../cells.js';
import { coreBusyMs, readProcesses, residentMb, treeCpuMs, treeOf } from '../processes/proc.js';
import { type BenchStand, type ServerSide, serverPids } from './bench-stand.js';
import { jobOf } from './job-of.js';
import { settle } from './settle.js';
import { type ServerMeasure, type SideMeasure, sideMeasure } from './side-measure.js';

/** One cell in one round, all sides measured one right after the other. */
export interface CellRound {
  direct: SideMeasure;
  ours: ServerMeasure;
  /** Only where it runs and the cell is one of its own. */
  reference?: ServerMeasure;
}

/** @param directFirst turned around from round to round, so that a drift of the machine does not favour one side */
export async function measureCell(stand: BenchStand, cell: Cell, directFirst: boolean): Promise<CellRound> {
  const hasReference = stand.reference !== undefined && REFERENCE_CELLS.includes(cell.id);
  if (directFirst) {
    const direct = await measureDirect(stand, cell);
    const ours = await measureServer(stand, cell, 'ours');
    return { direct, ours, ...(hasReference && { reference: await measureServer(stand, cell, 'reference') }) };
  }
  const reference = hasReference && { reference: await measureServer(stand, cell, 'reference') };
  const ours = await measureServer(stand, cell, 'ours');
  return { direct: await measureDirect(stand, cell), ours, ...reference };
}

async function measureDirect(stand: BenchStand, cell: Cell): Promise<SideMeasure> {
  await stand.simulator.reset();
  const busy = loadCoreClock(stand);
  const result = await stand.client.run(jobOf(stand, cell, 'direct'));
  const loadCoreBusy = busy();
  return {
    ...sideMeasure(result, await stand.simulator.stats()),
    ...byTurn(cell, result.totalMs),
    ...(loadCoreBusy !== undefined && { loadCoreBusy }),
  };
}

async function measureServer(stand: BenchStand, cell: Cell, side: ServerSide): Promise<ServerMeasure> {
  await stand.simulator.reset();
  const pids = serverPids(stand, side);
  const cpu = cpuByProcess(pids);
  const loadBusy = loadCoreClock(stand);
  const serverBusy = clockOf(stand.cores?.server);
  const result = await stand.client.run(jobOf(stand, cell, side));
  const loadCoreBusy = loadBusy();
  const upstreamAtEnd = await stand.simulator.stats();

  const endedAt = performance.now();
  const needed = upstreamNeeded(cell, side, result.replies);
  const settled = await settle(stand, needed ?? upstreamAtEnd.requests, side);
  const settledMs = performance.now() - endedAt;
  const core = serverBusy();
  const used = cpuByProcess(pids, cpu);
  const cpuMs = [...used.values()].reduce((sum, ms) => sum + ms, 0);
  const elapsed = result.elapsedMs + settledMs;
  return {
    ...sideMeasure(result, await stand.simulator.stats()),
    ...byTurn(cell, result.totalMs),
    ...(needed !== undefined && { upstreamNeeded: needed }),
    cpuPerRun: cpuMs / result.replies,
    cpuPerRunOf: mapValues(used, (ms) => ms / result.replies),
    ...(settled && { settled: settledMs }),
    residentMbOf: mapValues(pids, residentOf),
    ...(loadCoreBusy !== undefined && { loadCoreBusy }),
    ...(core !== undefined && {
      serverCoreUsed: cpuMs / elapsed,
      serverCoreOthers: Math.max(0, core - cpuMs / elapsed),
    }),
  };
}

/** Ours makes a title of each new thread, a call on top of the runs' own, and summarizes a long thread now and then. */
function upstreamNeeded(cell: Cell, side: ServerSide, runs: number): number | undefined {
  if (side === 'reference') return runs;
  return cell.oneConversation ? undefined : runs * ((cell.toolRound ? 2 : 1) + 1);
}

function byTurn(cell: Cell, totalMs: number[]): { totalByTurn?: number[] } {
  return cell.oneConversation && cell.users === 1 ? { totalByTurn: totalMs } : {};
}

function cpuByProcess(pids: ReadonlyMap<string, number>, before?: ReadonlyMap<string, number>): Map<string, number> {
  const rows = readProcesses();
  return new Map([...pids].map(([name, pid]) => [name, treeCpuMs(rows, pid) - (before?.get(name) ?? 0)]));
}

/** PostgreSQL's processes share most of what they hold, so only the largest of them is shown. */
function residentOf(pid: number): number {
  return Math.max(0, ...treeOf(readProcesses(), pid).map((row) => residentMb(row.pid)));
}

function loadCoreClock(stand: BenchStand): () => number | undefined {
  return clockOf(stand.cores?.load);
}

/** The share of the time since the call that the core was at work. */
function clockOf(core: number | undefined): () => number | undefined {
  if (core === undefined) return () => undefined;
  const before = coreBusyMs(core);
  const start = performance.now();
  return () => (coreBusyMs(core) - before) / (performance.now() - start);
}

function mapValues<T>(map: ReadonlyMap<string, T>, change: (value: T) => number): Record<string, number> {
  return Object.fromEntries([...map].map(([name, value]) => [name, change(value)]));
}
