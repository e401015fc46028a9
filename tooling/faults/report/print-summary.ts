import { percentile } from '../../bench/report/percentile.js';
import { table } from '../../bench/report/table.js';
import type { Violation } from '../checker/evidence.js';
import type { Summary } from './summarize.js';

/** More violations than these tell no more. */
const SHOWN = 30;

/** The result for a person: what was broken, what came of it, and every promise that was not kept. */
export function summaryText(summary: Summary): string {
  const { runs, outcomes, families, recoveryMs, violations, parts, minutes } = summary;
  const rows = Object.entries(families).map(([name, { injected, missed }]) => [name, String(injected), String(missed)]);
  const total = Object.values(families).reduce((sum, { injected }) => sum + injected, 0);
  const recoveries = Object.entries(recoveryMs).map(([what, times]) => [
    `${what}s of killed workers`,
    String(times.length),
    ...[0.5, 0.99, 1].map((share) => (times.length > 0 ? `${percentile(times, share)} ms` : '-')),
  ]);
  const lines = [
    table(['faults', 'injected', 'met nothing'], [...rows, ['all', String(total), '']]),
    '',
    `${runs} runs in ${minutes.toFixed(1)} minutes (${parts} ${parts === 1 ? 'part' : 'parts'}): ${countsText(outcomes)}`,
    `${summary.events} events, ${summary.providerCalls} provider calls, ${summary.toolSends} tool sends, ${summary.restarts} restarts of processes`,
    '',
    table(['moving again', 'count', 'p50', 'p99', 'longest'], recoveries),
    '',
    violations.length === 0 ? 'No violations.' : violationsText(violations),
  ];
  return lines.join('\n');
}

function violationsText(violations: readonly Violation[]): string {
  const counts = Object.entries(Object.groupBy(violations, ({ invariant }) => invariant));
  const lines = violations.slice(0, SHOWN).map(violationText);
  if (violations.length > SHOWN) lines.push(`... and ${violations.length - SHOWN} more`);
  const byName = Object.fromEntries(counts.map(([name, found = []]) => [name, found.length]));
  return [`${violations.length} VIOLATIONS: ${countsText(byName)}`, ...lines].join('\n');
}

export function violationText({ invariant, case: caseId, runId, what }: Violation): string {
  return `${invariant}${caseId ? ` ${caseId}` : ''}${runId ? ` (run ${runId})` : ''}: ${what}`;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
