import type { RunLimits } from '@troupe/contracts';
import { failedResult } from '../tools/failed-result.js';
import type { AcceptedCall, RejectedCall } from '../turn/decide-next.js';
import { shareLimits } from './share-limits.js';

export interface RunAbove {
  /** What it has left of its limits; undefined: nothing limits it. */
  left: RunLimits | undefined;
  /** Whether it has read words of strangers, which what it tells others may be then. */
  untrusted: boolean;
}

/** Requests that a run keeps for itself: it can still answer with what the runs below it have found out. */
const OWN_REQUESTS = 1;

interface Round<Asking extends AcceptedCall> {
  /** Those that are made at once, and those that wait for people: they count alike. */
  calls: readonly AcceptedCall[];
  asking: readonly Asking[];
}

/**
 * The calls of a round with what their runs have of the run that calls: what they may take, so that together they take no
 * more than is left, and whose words they are told. Calls for whose run nothing is left are not made.
 */
export function withRunsBelow<Asking extends AcceptedCall>(
  { calls, asking }: Round<Asking>,
  above: () => RunAbove,
): { calls: readonly AcceptedCall[]; asking: readonly Asking[]; refused: RejectedCall[] } {
  const runs = [...calls, ...asking].filter(({ tool }) => tool.runsAgent);
  if (runs.length === 0) return { calls, asking, refused: [] };
  const { left, untrusted } = above();
  const shares = left && shareLimits(withoutOwn(left), runs.length);
  const refused = new Set(shares ? runs.slice(shares.length) : []);
  const withShare = <Call extends AcceptedCall>(call: Call): Call[] => {
    if (!call.tool.runsAgent) return [call];
    const limits = shares?.[runs.indexOf(call)];
    return refused.has(call) ? [] : [{ ...call, below: { untrusted, ...(limits && { limits }) } }];
  };
  return {
    calls: calls.flatMap(withShare),
    asking: asking.flatMap(withShare),
    refused: [...refused].map(({ part }) => ({ part, result: failedResult(part, refusal(shares?.length ?? 0)) })),
  };
}

function withoutOwn({ max_requests, ...left }: RunLimits): RunLimits {
  return max_requests === undefined ? left : { ...left, max_requests: Math.max(0, max_requests - OWN_REQUESTS) };
}

function refusal(able: number): string {
  if (able === 0)
    return 'Not run: what is left of the limits of this run is not enough for another agent. Go on without.';
  return `Not run: what is left of the limits of this run is enough for ${able} agents at once. Call the others later.`;
}
