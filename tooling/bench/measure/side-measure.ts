import type { ClientResult } from '../processes/load-client.js';
import type { UpstreamStats } from '../processes/simulator.js';
import { percentile } from '../report/percentile.js';

export interface Spread {
  p50: number;
  p99: number;
}

/** One side of one cell in one round. Milliseconds, unless the name says otherwise. */
export interface SideMeasure {
  runs: number;
  runsPerSecond: number;
  firstToken: Spread;
  /** From the last token to the end of the body. */
  tail: Spread;
  total: Spread;
  /** How late paced tokens were; undefined without a pace. */
  late?: Spread;
  /** In order, where there is one user: the growth of a thread. */
  totalByTurn?: number[];
  charactersPerToken: number;
  bodyCharactersPerRun: number;
  tokens: number;
  lostTokens: number;
  doubledTokens: number;
  problems: Record<string, number>;
  upstream: UpstreamStats;
  /** Of the load client, a run: what it must not be compared with. */
  clientCpuPerRun: number;
  /** Share of the load core that was at work, whoever did it; undefined when nothing is pinned. */
  loadCoreBusy?: number;
}

/** What only a server has, ours or the reference. */
export interface ServerMeasure extends SideMeasure {
  /** Calls that the runs and the titles of their threads need; undefined where summaries come at their own time. */
  upstreamNeeded?: number;
  /** CPU a run of all processes together, and of each. Titles are in it. */
  cpuPerRun: number;
  cpuPerRunOf: Record<string, number>;
  /** From the last answer until the titles were written and nothing moved; undefined when that did not happen in time. */
  settled?: number;
  /** MB at the end. */
  residentMbOf: Record<string, number>;
  /** Share of the server core that the server used, and that others on this machine took from it; only when pinned. */
  serverCoreUsed?: number;
  serverCoreOthers?: number;
}

export function sideMeasure(result: ClientResult, upstream: UpstreamStats): SideMeasure {
  const { replies: runs, elapsedMs, tokens, lateMs } = result;
  return {
    runs,
    runsPerSecond: (runs * 1000) / elapsedMs,
    firstToken: spread(result.firstTokenMs),
    tail: spread(result.tailMs),
    total: spread(result.totalMs),
    ...(lateMs.length > 0 && { late: spread(lateMs) }),
    charactersPerToken: result.tokenCharacters / tokens,
    bodyCharactersPerRun: result.bodyCharacters / runs,
    tokens,
    lostTokens: result.lostTokens,
    doubledTokens: result.doubledTokens,
    problems: result.problems,
    upstream,
    clientCpuPerRun: result.clientCpuMs / runs,
  };
}

function spread(values: readonly number[]): Spread {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}
