import type { CassetteRequest } from './recorded-exchange.js';
import type { RequestDifference } from './request-difference.js';

/** A request that a cassette has no answer for. */
export interface CassetteMiss {
  request: CassetteRequest;
  /** The recorded request that is most like it, and in what it differs; no difference: all its answers were used. */
  nearest?: { request: CassetteRequest; differences: readonly RequestDifference[]; recordings: number };
}

/** Thrown by `close` when requests were missed, so that code that takes a failure well does not hide them. */
export class CassetteMissError extends Error {
  constructor(
    readonly file: string,
    readonly misses: readonly CassetteMiss[],
  ) {
    super(misses.map((miss) => describeMiss(file, miss)).join('\n\n'));
    this.name = 'CassetteMissError';
  }
}

const maxDifferences = 10;
const maxValueCharacters = 120;

/** What was asked, what comes nearest, and each difference on a line of its own. */
export function describeMiss(file: string, { request, nearest }: CassetteMiss): string {
  const asked = `${request.method} ${request.path}`;
  const advice = `Record it with mode "new" or "all" if it is right.`;
  if (nearest === undefined) return `${file} holds no request at all, and so no answer to ${asked}. ${advice}`;
  const { differences, recordings } = nearest;
  const near = `${nearest.request.method} ${nearest.request.path}`;
  if (differences.length === 0) {
    const times = recordings === 1 ? 'once' : `${recordings} times`;
    return `${file} holds ${asked} ${times}, and it came once more. ${advice}`;
  }
  const shown = differences.slice(0, maxDifferences).map(describeDifference);
  const more = differences.length - shown.length;
  return [
    `${file} has no answer to ${asked}. The nearest recorded request is ${near}; it differs in`,
    ...shown.map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    advice,
  ].join('\n');
}

function describeDifference({ place, recorded, sent }: RequestDifference): string {
  if (typeof recorded === 'string' && typeof sent === 'string' && recorded.length + sent.length > maxValueCharacters) {
    return `${place}: ${describeTextDifference(recorded, sent)}`;
  }
  return `${place}: recorded ${show(recorded)}, sent ${show(sent)}`;
}

/** Of long texts the part where they part. */
function describeTextDifference(recorded: string, sent: string): string {
  let same = 0;
  while (same < Math.min(recorded.length, sent.length) && recorded[same] === sent[same]) same += 1;
  const from = Math.max(0, same - 20);
  const near = (text: string) => `${from > 0 ? '…' : ''}${text.slice(from, same + 60)}`;
  return `from character ${same} on: recorded ${show(near(recorded))}, sent ${show(near(sent))}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= maxValueCharacters ? text : `${text.slice(0, maxValueCharacters)}…`;
}
