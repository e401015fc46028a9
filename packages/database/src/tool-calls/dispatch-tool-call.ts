import type { EffectClass, Guardrail, JsonObject } from '@troupe/contracts';
import type { Queryable } from '../database.js';
import type { Delegate } from '../runs/step-commit.js';

export interface DispatchedToolCall {
  id: string;
  tenantId: string;
  runId: string;
  threadId: string;
  userId: string | null;
  name: string;
  arguments: JsonObject;
  effect: EffectClass;
  /** Whether a person changed the arguments that the model proposed. */
  edited: boolean;
  /** The agent whose run is to answer it; null: a tool does. */
  delegate: Delegate | null;
  /** Of its result. */
  guardrails: Guardrail[];
  /** Fencing token of this send: the result names it. */
  dispatches: number;
}

/**
 * First phase: the intent to send is committed before anything is sent. `prepared` may be sent; `dispatched` without a
 * result, after its lease, may be sent again only when its class allows that. The lease is short: whoever sent it renews it.
 */
const DISPATCH_TOOL_CALL = {
  name: 'dispatch-tool-call',
  text: `UPDATE tool_calls SET state = 'dispatched', dispatches = dispatches + 1,
      lease_until = now() + make_interval(secs => $2)
    FROM runs
    WHERE tool_calls.id = $1 AND runs.id = run_id AND runs.status = 'waiting'
      AND runs.paused_at IS NULL AND runs.cancel_requested_at IS NULL
      AND (state = 'prepared' OR (
        state = 'dispatched' AND tool_calls.lease_until < now() AND effect <> 'effect' AND subrun_id IS NULL))
    RETURNING tool_calls.id, tool_calls.tenant_id, run_id, tool_calls.thread_id, tool_calls.user_id, name, arguments,
      effect, edited, delegate, guardrails, dispatches`,
};

interface DispatchRow {
  id: string;
  tenant_id: string;
  run_id: string;
  thread_id: string;
  user_id: string | null;
  name: string;
  arguments: JsonObject;
  effect: EffectClass;
  edited: boolean;
  delegate: Delegate | null;
  guardrails: Guardrail[] | null;
  dispatches: number;
}

/** Takes a call for sending; undefined when it was sent, has its result, or its run no longer waits, is paused or cancelled. */
export async function dispatchToolCall(
  database: Queryable,
  toolCallId: string,
  leaseSeconds: number,
): Promise<DispatchedToolCall | undefined> {
  const [row] = await database.query<DispatchRow>(DISPATCH_TOOL_CALL, [toolCallId, leaseSeconds]);
  return (
    row && {
      id: row.id,
      tenantId: row.tenant_id,
      runId: row.run_id,
      threadId: row.thread_id,
      userId: row.user_id,
      name: row.name,
      arguments: row.arguments,
      effect: row.effect,
      edited: row.edited,
      delegate: row.delegate,
      guardrails: row.guardrails ?? [],
      dispatches: row.dispatches,
    }
  );
}

const FIND_DUE_TOOL_CALLS = {
  name: 'find-due-tool-calls',
  text: `SELECT tool_calls.id, dispatches,
      CASE WHEN runs.status = 'waiting' AND (state = 'prepared' OR effect <> 'effect') THEN 'send'
        WHEN dispatches > 0 AND effect <> 'read' THEN 'unknown' ELSE 'cancelled' END AS todo
    FROM tool_calls JOIN runs ON runs.id = run_id
    WHERE state IN ('prepared', 'dispatched') AND tool_calls.lease_until < now() AND subrun_id IS NULL
      AND (runs.status <> 'waiting' OR runs.paused_at IS NULL OR (state = 'dispatched' AND effect = 'effect'))
    ORDER BY tool_calls.lease_until LIMIT $1`,
};

export interface DueToolCall {
  id: string;
  dispatches: number;
  /**
   * `send`: it may be sent (again). `unknown`: it was sent, may not be sent again, and nobody knows how it ended.
   * `cancelled`: its run has ended, and it was not sent or only reads.
   */
  todo: 'send' | 'unknown' | 'cancelled';
}

/** Calls that nobody works on: their job was lost, or the worker that sent them died. */
export async function findDueToolCalls(database: Queryable, limit: number): Promise<DueToolCall[]> {
  return database.query<DueToolCall>(FIND_DUE_TOOL_CALLS, [limit]);
}
