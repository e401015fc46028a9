import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { UsageQueryDto } from './usage-query.dto.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Long enough for a bill, short enough to be counted at once. */
const DEFAULT_DAYS = 30;

/**
 * From when to when calls are counted, RFC 3339. By default it is days that are whole, today included.
 * @throws TroupeError `invalid_request`
 */
export function usageRange(query: UsageQueryDto, now: number): { from: string; to: string } {
  const end = momentOf('to', query.to) ?? dayOf(now) + DAY_MS;
  const start = momentOf('from', query.from) ?? Math.min(end - DEFAULT_DAYS * DAY_MS, beginningOf(query));
  if (start >= end) throw invalidRequest([fieldError(['from'], 'from must be before to.')]);
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

function momentOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const moment = Date.parse(text);
  if (!Number.isNaN(moment) && isDay(text.slice(0, 10))) return moment;
  throw invalidRequest([fieldError([field], `${field} must be a day or a moment of the calendar.`)]);
}

/** JavaScript takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const moment = Date.parse(text);
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}

/** No call is older than its run or thread, whose id begins with its time. A day is left for clocks that differ. */
function beginningOf({ run_id, thread_id }: UsageQueryDto): number {
  const ids = [run_id, thread_id].filter((id) => id !== undefined);
  const moments = ids.map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  return dayOf(Math.max(...moments, 0) || Number.MAX_SAFE_INTEGER) - DAY_MS;
}

function dayOf(moment: number): number {
  return Math.floor(moment / DAY_MS) * DAY_MS;
}
