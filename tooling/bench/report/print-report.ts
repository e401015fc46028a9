import type { StatementsPerRun } from '../measure/statements-per-run.js';
import type { TakenProfile } from '../measure/take-profiles.js';
import { type Goal, rounded } from './judge-goals.js';
import type { CellSummary } from './summarize-cell.js';
import { table } from './table.js';

const share = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value * 100)} %`);
const pair = ({ p50, p99 }: { p50: number; p99: number }) => `${rounded(p50)} / ${rounded(p99)}`;

/** The measurement as text for a terminal. */
export function reportText(
  cells: readonly CellSummary[],
  statements: readonly StatementsPerRun[],
  goals: readonly Goal[],
) {
  return [
    cells.length > 0 && speedTable(cells),
    cells.length > 0 && costTable(cells),
    cells.some(({ reference }) => reference) && referenceTable(cells),
    cells.length > 0 && checkTable(cells),
    ...cells.map(growthLine),
    ...cells.map(problemLines),
    statements.length > 0 && statementTable(statements),
    goals.length > 0 && goalTable(goals),
  ]
    .filter((part) => typeof part === 'string')
    .join('\n\n');
}

function speedTable(cells: readonly CellSummary[]): string {
  return `Speed. ms, p50 / p99; "+" is what is added to the direct call; tail is the end of the body after the last token\n${table(
    ['cell', 'runs/s', 'direct', 'ratio', '+first token', '+total', 'tail', 'late', 'late direct'],
    cells.map((cell) => [
      cell.id,
      rounded(cell.runsPerSecond),
      rounded(cell.directRunsPerSecond),
      rounded(cell.throughputRatio),
      pair(cell.addedFirstToken),
      pair(cell.addedTotal),
      pair(cell.tail),
      cell.late ? pair(cell.late) : '',
      cell.directLate ? pair(cell.directLate) : '',
    ]),
  )}`;
}

function costTable(cells: readonly CellSummary[]): string {
  const processes = Object.keys(cells[0]?.cpuPerRunOf ?? {});
  return `CPU ms a run, titles included, so runs/s of a core that the server has for itself; MB resident at the end\n${table(
    ['cell', 'CPU', 'rounds', 'runs/s a core', ...processes, 'core', 'others', 'MB of all node processes'],
    cells.map((cell) => [
      cell.id,
      rounded(cell.cpuPerRun),
      cell.cpuPerRunRange.map(rounded).join('–'),
      rounded(1000 / cell.cpuPerRun),
      ...processes.map((name) => rounded(cell.cpuPerRunOf[name] ?? Number.NaN)),
      share(cell.serverCoreUsed),
      share(cell.serverCoreOthers),
      rounded(nodeMb(cell)),
    ]),
  )}`;
}

function referenceTable(cells: readonly CellSummary[]): string {
  const compared = cells.flatMap(({ reference, ...cell }) => (reference ? [{ cell, reference }] : []));
  const processes = Object.keys(compared[0]?.reference.cpuPerRunOf ?? {});
  return `By the reference, the bare minimum of a queue-and-worker server; ratios are medians of those within a round\n${table(
    [
      'cell',
      'runs/s',
      'reference',
      'ratio',
      'CPU',
      'reference',
      'times',
      ...processes,
      '+first token',
      'reference',
      'by direct',
      'reference',
    ],
    compared.map(({ cell, reference }) => [
      cell.id,
      rounded(cell.runsPerSecond),
      rounded(reference.runsPerSecond),
      `${rounded(reference.throughputRatio * 100)} %`,
      rounded(cell.cpuPerRun),
      rounded(reference.cpuPerRun),
      rounded(reference.cpuRatio),
      ...processes.map((name) => rounded(reference.cpuPerRunOf[name] ?? Number.NaN)),
      pair(cell.addedFirstToken),
      pair(reference.addedFirstToken),
      `${rounded(cell.throughputRatio * 100)} %`,
      `${rounded(reference.byDirect * 100)} %`,
    ]),
  )}`;
}

function nodeMb({ residentMbOf }: CellSummary): number {
  const { postgres: _, redis: __, ...apps } = residentMbOf;
  return Object.values(apps).reduce((total, mb) => total + mb, 0);
}

function checkTable(cells: readonly CellSummary[]): string {
  return `Checks, all rounds\n${table(
    [
      'cell',
      'runs',
      'errors',
      'lost',
      'doubled',
      'upstream',
      'needed',
      'peak',
      'settled ms',
      'chars/token',
      'direct',
      'chars/run',
      'load core',
    ],
    cells.map((cell) => [
      cell.id,
      String(cell.runs),
      String(cell.errors),
      String(cell.lostTokens),
      String(cell.doubledTokens),
      String(cell.upstreamCalls),
      String(cell.upstreamNeeded ?? '–'),
      String(cell.peakUpstream),
      cell.settled === undefined ? 'never' : rounded(cell.settled),
      rounded(cell.charactersPerToken),
      rounded(cell.directCharactersPerToken),
      rounded(cell.bodyCharactersPerRun),
      share(cell.loadCoreBusy),
    ]),
  )}`;
}

function growthLine({ id, growth }: CellSummary): string | undefined {
  if (growth === undefined) return undefined;
  const { early, late, directEarly, directLate } = growth;
  return `${id}: total of turns 3-7 ${rounded(early)} ms, of the last five ${rounded(late)} ms (direct ${rounded(directEarly)} and ${rounded(directLate)})`;
}

function problemLines({ id, problems }: CellSummary): string | undefined {
  const lines = Object.entries(problems).map(([problem, count]) => `${id}: ${count} x ${problem}`);
  return lines.length === 0 ? undefined : lines.slice(0, 5).join('\n');
}

function statementTable(statements: readonly StatementsPerRun[]): string {
  const processes = [...new Set(statements.flatMap(({ statements: counts }) => Object.keys(counts)))];
  const counts = table(
    ['SQL statements a run', 'path', 'shared', 'shared a second', ...processes, 'transactions'],
    statements.map(({ what, path, shared, statements: counts, transactions }) => [
      what,
      rounded(path),
      rounded(shared.perRun),
      rounded(shared.perSecond),
      ...processes.map((name) => rounded(counts[name] ?? 0)),
      rounded(Object.values(transactions).reduce((total, count) => total + count, 0)),
    ]),
  );
  const lists = statements
    .filter(({ runs }) => runs > 1)
    .map(({ what, texts }) => {
      const frequent = texts.filter(({ perRun }) => perRun >= 0.05);
      const lines = frequent.map(({ process, sql, perRun }) => `${rounded(perRun)}  ${process}  ${sql.slice(0, 100)}`);
      return `${what}:\n${lines.join('\n')}`;
    });
  return [counts, ...lists].join('\n\n');
}

function goalTable(goals: readonly Goal[]): string {
  return table(
    ['goal', 'bar', 'measured', 'reached'],
    goals.map(({ goal, bar, measured, reached }) => [goal, bar, measured, reached ? 'yes' : 'NO']),
  );
}

const SHOWN_FUNCTIONS = 30;
const SHOWN_PACKAGES = 20;

export function profileText({ process, runs, busyMs, functions, packages, file }: TakenProfile): string {
  const rows = (entries: readonly { name: string; ms: number }[]) =>
    entries.map(({ name, ms }) => `${share(ms / busyMs).padStart(6)} ${(ms / runs).toFixed(3).padStart(8)}  ${name}`);
  return [
    `${process}: ${rounded(busyMs / runs)} ms a run over ${runs} runs; own time by package (share, ms a run)`,
    ...rows(packages.slice(0, SHOWN_PACKAGES)),
    `${process}: own time by function`,
    ...rows(functions.slice(0, SHOWN_FUNCTIONS)),
    file,
  ].join('\n');
}
