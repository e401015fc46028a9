import type { Queryable } from '../database.js';
import { POLL_GRACE_SECONDS } from '../runs/poll-grace.js';
import type { SentToolCall } from './renew-tool-calls.js';

const HAND_BACK_TOOL_CALL = {
  name: 'hand-back-tool-call',
  text: `UPDATE tool_calls SET state = 'prepared', lease_until = now() + interval '${POLL_GRACE_SECONDS} seconds'
    WHERE id = $1 AND dispatches = $2 AND state = 'dispatched' AND effect <> 'effect' RETURNING run_id`,
};

/**
 * Takes back a send that its worker could not see to its end and that may be repeated.
 * @returns the run; undefined when the call has its result, was sent again, or may not be sent twice
 */
export async function handBackToolCall(database: Queryable, call: SentToolCall): Promise<string | undefined> {
  const [row] = await database.query<{ run_id: string }>(HAND_BACK_TOOL_CALL, [call.id, call.dispatches]);
  return row?.run_id;
}
