import { type ClaimedRun, type Database, type LedgerRow, readLostCalls } from '@troupe/database';
import type { ModelRequest, Tool } from '@troupe/spec';
import { ledgerOfLostCall } from './model-call.js';
import { prepareRequest } from './prepare-request.js';

/**
 * Ledger rows of the calls that died with their workers, for the commit of this attempt. A worker that died between its
 * claim and its call, a matter of a few milliseconds, has a row for a call that it never made: nobody can tell them apart.
 */
export async function accountForLostCalls(
  database: Database,
  run: ClaimedRun,
  tools: ReadonlyMap<string, Tool>,
): Promise<LedgerRow[]> {
  if (run.lostAttempts.length === 0) return [];
  const request = requestOf(run, tools);
  return (await readLostCalls(database, run)).map((call) => ledgerOfLostCall(run, call, request));
}

/** Undefined where it cannot be made, which the turn itself will say. */
function requestOf(run: ClaimedRun, tools: ReadonlyMap<string, Tool>): ModelRequest | undefined {
  try {
    return prepareRequest(run, tools).request;
  } catch {
    return undefined;
  }
}
