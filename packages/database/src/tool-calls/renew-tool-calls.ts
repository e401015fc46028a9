import type { Queryable } from '../database.js';

/** A call that a worker has sent and waits for. */
export interface SentToolCall {
  id: string;
  dispatches: number;
}

export interface RenewedToolCall extends SentToolCall {
  /** Its run was cancelled or has expired: nobody waits for the result. */
  runEnded: boolean;
}

/**
 * The run's row is only read: a call's lease moves three times in its length, and must not wait for a commit of its run.
 */
const RENEW_TOOL_CALLS = {
  name: 'renew-tool-calls',
  text: `UPDATE tool_calls SET lease_until = now() + make_interval(secs => $3)
    FROM unnest($1::uuid[], $2::int[]) AS sent(id, dispatches), runs
    WHERE tool_calls.id = sent.id AND tool_calls.dispatches = sent.dispatches AND state = 'dispatched'
      AND subrun_id IS NULL AND runs.id = tool_calls.run_id
    RETURNING tool_calls.id, tool_calls.dispatches, runs.status <> 'waiting' AS "runEnded"`,
};

/** Extends the leases of all calls that a worker has sent, in one statement. Those that are missing in the answer are lost. */
export async function renewToolCalls(
  database: Queryable,
  sent: readonly SentToolCall[],
  leaseSeconds: number,
): Promise<RenewedToolCall[]> {
  return database.query<RenewedToolCall>(RENEW_TOOL_CALLS, [
    sent.map((call) => call.id),
    sent.map((call) => call.dispatches),
    leaseSeconds,
  ]);
}
