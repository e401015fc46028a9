import type { Goal } from '../report/judge-goals.js';
import { median } from '../report/percentile.js';
import { LIMITS } from './limit-parts.js';
import { type PartMeasure, WARM_UP_MS } from './measure-part.js';

const WINDOW_MS = 60_000;
/** Of the binding limit, in every full window after the first minute. */
const LEAST_SHARE = 0.95;
/** Calls of any one other tenant that may go before the first run of a tenant that somebody waits for. */
const MOST_TURNS = 1;

/** What the binding limit was used to, as shares of it. */
export interface UsedShare {
  median: number;
  min: number;
  /** Of windows that end after the first minute, those among them that hold some of it. */
  minWithFirstMinute: number;
}

export function usedShare({ part, samples }: Pick<PartMeasure, 'part' | 'samples'>): UsedShare {
  const shares = (fromMs: number) =>
    samples
      .filter(({ atMs }) => atMs >= fromMs)
      .map(({ requests, tokens }) => (part.name === 'rpm' ? requests : tokens) / LIMITS[part.name]);
  const full = shares(WARM_UP_MS + WINDOW_MS);
  return { median: median(full), min: Math.min(...full), minWithFirstMinute: Math.min(...shares(WINDOW_MS)) };
}

export function judgePart(measure: PartMeasure): Goal[] {
  const { part, provider, killed, firstRuns, runs, retried } = measure;
  const { requests, tokens, refused } = provider;
  const { median: middle, min } = usedShare(measure);
  const waitedFor = firstRuns.filter(({ background }) => !background).map(({ turns }) => turns);
  const most = Math.max(...waitedFor);
  const failed = (runs.failed ?? 0) + (runs.expired ?? 0) + (runs.cancelled ?? 0);
  const goal = (what: string, bar: string, measured: string, reached: boolean): Goal => {
    return { goal: `${part.name}: ${what}`, bar, measured, reached };
  };
  return [
    goal('requests in the fullest 60 s', `<= ${LIMITS.rpm}`, String(requests.peak), requests.peak <= LIMITS.rpm),
    goal('tokens in the fullest 60 s', `<= ${LIMITS.tpm}`, String(tokens.peak), tokens.peak <= LIMITS.tpm),
    goal('refused by the provider', '0', String(refused), refused === 0),
    goal('used of the limit, median', '>= 95 %', percent(middle), middle >= LEAST_SHARE),
    goal('used of the limit, least', '>= 95 %', percent(min), min >= LEAST_SHARE),
    goal('workers killed meanwhile', '2', String(killed.length), killed.length === 2),
    goal('runs that failed or were tried again', '0', String(failed + retried), failed + retried === 0),
    goal("turns before another tenant's first run", `<= ${MOST_TURNS}`, String(most), most <= MOST_TURNS),
  ];
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
