import type { Goal } from '../report/judge-goals.js';
import { median } from '../report/percentile.js';
import { table } from '../report/table.js';
import { percent, usedShare } from './judge-part.js';
import { type LimiterSample, type PartMeasure, WARM_UP_MS } from './measure-part.js';
import type { FirstRun } from './newcomers.js';

export function limitsReportText(measures: readonly PartMeasure[], goals: readonly Goal[]): string {
  const reached = table(
    ['goal', 'bar', 'measured', ''],
    goals.map(({ goal, bar, measured, reached }) => [goal, bar, measured, reached ? '' : 'no']),
  );
  return [...measures.map(partText), reached].join('\n\n');
}

function partText(measure: PartMeasure): string {
  const { part, provider, waits, killed, firstRuns, runs, servedByTenant, redis, load, logged } = measure;
  const { requests, tokens, refused } = provider;
  const used = usedShare(measure);
  const cpuPerCall = (redis.cpuMs / requests.total).toFixed(2);
  const rows = [
    ['requests in the fullest 60 s', `${requests.peak} of ${requests.limit}`],
    ['tokens in the fullest 60 s', `${tokens.peak} of ${tokens.limit}`],
    ['refused by the provider', String(refused)],
    ['used, median and least', `${percent(used.median)}, ${percent(used.min)}`],
    ['used, least with the first minute', percent(used.minWithFirstMinute)],
    ['left at the limiter, under way, waiting', limiterText(measure)],
    ['calls, tokens a call', `${requests.total}, ${(tokens.total / requests.total).toFixed(0)}`],
    ['runs', inWords(runs)],
    ['parked: runs, times, by what', `${waits.runs}, ${waits.parkings}, ${inWords(waits.dimensions)}`],
    ['wait told first, p10 / p50 / p90', seconds(waits.told)],
    ['wait that it was', seconds(waits.real)],
    ['later than told', seconds(waits.late)],
    ['completed after a minute by tenant', servedByTenant.join(', ')],
    [
      "another's first run, waited for",
      firstRuns
        .filter(({ background }) => !background)
        .map(firstRunText)
        .join('; '),
    ],
    [
      "another's first run, background",
      firstRuns
        .filter(({ background }) => background)
        .map(firstRunText)
        .join('; '),
    ],
    [
      'workers killed',
      killed
        .map(({ name, atMs, backAfterMs }) => `${name} at ${Math.round(atMs / 1_000)} s, back after ${backAfterMs} ms`)
        .join('; '),
    ],
    ['CPU of Redis', `${percent(redis.coreShare)} of a core, ${cpuPerCall} ms a call`],
    ['load of the machine', load.toFixed(1)],
    ['lines logged', String(logged.length)],
  ];
  return table([`${part.name} binds`, ''], rows);
}

/** Medians of what is judged. */
function limiterText({ limiter }: PartMeasure): string {
  const judged = limiter.filter(({ atMs }) => atMs >= WARM_UP_MS);
  const middle = (of: (sample: LimiterSample) => number) => median(judged.map(of)).toFixed(0);
  return [middle(({ left }) => left), middle(({ underWay }) => underWay), middle(({ waiting }) => waiting)].join(', ');
}

function firstRunText({ turns, callsBefore, delayMs }: FirstRun): string {
  return `${turns} turns (${callsBefore} calls, ${delayMs} ms)`;
}

function inWords(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function seconds({ p10, p50, p90 }: { p10: number; p50: number; p90: number }): string {
  return `${[p10, p50, p90].map((ms) => (ms / 1_000).toFixed(1)).join(' / ')} s`;
}
