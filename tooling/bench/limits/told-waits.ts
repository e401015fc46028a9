import type pg from 'pg';
import { percentile } from '../report/percentile.js';

/** What runs that had to wait were told, beside what came true. */
export interface ToldWaits {
  /** Runs that were parked, and how often all of them were. */
  runs: number;
  parkings: number;
  /** What bound them, by number of parkings. */
  dimensions: Record<string, number>;
  /** Of runs that have begun their step: what they were told first, and how long it was. Milliseconds. */
  told: Spread;
  real: Spread;
  /** Real minus told. */
  late: Spread;
}

interface Spread {
  p10: number;
  p50: number;
  p90: number;
}

interface Row {
  run_id: string;
  at: number;
  until: number | null;
  dimension: string | null;
}

/** Events with the time of their batch; `until` is that of a wait, and null of a step that begins. */
const WAITS = `
  SELECT run_id, extract(epoch FROM created_at)::float8 * 1000 AS at,
    extract(epoch FROM (entry -> 'data' ->> 'until')::timestamptz)::float8 * 1000 AS until,
    entry -> 'data' ->> 'dimension' AS dimension
  FROM run_events, jsonb_array_elements(events) AS entry
  WHERE entry ->> 'type' = 'step.started' OR entry -> 'data' ->> 'kind' = 'rate_limit'
  ORDER BY run_id, at`;

export async function readToldWaits(sql: pg.Pool): Promise<ToldWaits> {
  const { rows } = await sql.query<Row>(WAITS);
  const byRun = [...Map.groupBy(rows, ({ run_id }) => run_id).values()];
  const parkings = rows.filter(({ until }) => until !== null);
  const parked = byRun.filter((ofRun) => ofRun.some(({ until }) => until !== null));
  const pairs = parked.flatMap((ofRun) => {
    const first = ofRun.find(({ until }) => until !== null);
    const start = ofRun.find(({ until }) => until === null);
    if (!first?.until || !start) return [];
    return [{ told: first.until - first.at, real: start.at - first.at }];
  });
  const dimensions = Map.groupBy(parkings, ({ dimension }) => dimension ?? 'none');
  return {
    runs: parked.length,
    parkings: parkings.length,
    dimensions: Object.fromEntries([...dimensions].map(([name, some]) => [name, some.length])),
    told: spreadOf(pairs.map(({ told }) => told)),
    real: spreadOf(pairs.map(({ real }) => real)),
    late: spreadOf(pairs.map(({ told, real }) => real - told)),
  };
}

function spreadOf(values: number[]): Spread {
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((share) => Math.round(percentile(values, share)));
  return { p10: p10 ?? 0, p50: p50 ?? 0, p90: p90 ?? 0 };
}
