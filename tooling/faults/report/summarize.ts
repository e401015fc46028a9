import type { Violation } from '../checker/evidence.js';
import type { RoundResult } from '../round.js';

/** What one run of the command leaves, so that parts can be added up. */
export interface FaultReport {
  startedAt: string;
  command: string;
  seed: number;
  productionTimers: boolean;
  machine: { cpu: string | undefined; cores: number; node: string };
  rounds: RoundResult[];
}

export interface FaultCount {
  injected: number;
  /** Drawn, and met nothing in time. */
  missed: number;
}

export interface Summary {
  parts: number;
  minutes: number;
  runs: number;
  outcomes: Record<string, number>;
  families: Record<string, FaultCount>;
  /** By the name of the fault. */
  faults: Record<string, FaultCount>;
  events: number;
  providerCalls: number;
  toolSends: number;
  restarts: number;
  /** Milliseconds from the death of a worker to the next step of what it held, by what it was. */
  recoveryMs: Record<string, number[]>;
  violations: Violation[];
}

/** Adds up rounds, of one run of the command or of many. */
export function summarize(reports: readonly FaultReport[]): Summary {
  const summary: Summary = {
    parts: reports.length,
    minutes: 0,
    runs: 0,
    outcomes: {},
    families: {},
    faults: {},
    events: 0,
    providerCalls: 0,
    toolSends: 0,
    restarts: 0,
    recoveryMs: {},
    violations: [],
  };
  for (const round of reports.flatMap(({ rounds }) => rounds)) addRound(summary, round);
  for (const times of Object.values(summary.recoveryMs)) times.sort((a, b) => a - b);
  return summary;
}

function addRound(summary: Summary, round: RoundResult): void {
  summary.minutes += round.tookMs / 60_000;
  for (const [outcome, count] of Object.entries(round.outcomes)) {
    summary.outcomes[outcome] = (summary.outcomes[outcome] ?? 0) + count;
    summary.runs += count;
  }
  for (const { family, name, hit } of round.faults) {
    count(summary.families, family, hit);
    count(summary.faults, name, hit);
  }
  summary.events += round.events;
  summary.providerCalls += round.providerCalls;
  summary.toolSends += round.toolSends;
  summary.restarts += round.restarts;
  for (const { what, tookMs } of round.recoveries) {
    summary.recoveryMs[what] ??= [];
    if (tookMs !== undefined) summary.recoveryMs[what].push(tookMs);
  }
  summary.violations.push(...round.violations);
}

function count(counts: Record<string, FaultCount>, name: string, hit: boolean): void {
  counts[name] ??= { injected: 0, missed: 0 };
  counts[name][hit ? 'injected' : 'missed'] += 1;
}
