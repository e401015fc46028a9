import { chooseRoute } from '@troupe/agent';
import { type ClaimedRun, type Database, type LedgerRow, readLostCalls } from '@troupe/database';
import type { PriceBook, Tool } from '@troupe/spec';
import { type LostRequest, ledgerOfLostCalls } from './ledger-of-turn.js';
import { prepareRequest } from './prepare-request.js';

/**
 * Ledger rows of the calls that died with their workers, for the commit of this attempt. A worker that died between its
 * claim and its call, a matter of a few milliseconds, has a row for a call that it never made: nobody can tell them apart.
 */
export async function accountForLostCalls(
  database: Database,
  run: ClaimedRun,
  { tools, prices }: { tools: ReadonlyMap<string, Tool>; prices: PriceBook },
): Promise<LedgerRow[]> {
  if (run.lostAttempts.length === 0) return [];
  const request = requestOf(run, tools);
  return (await readLostCalls(database, run)).flatMap((call) => [
    ...ledgerOfLostCalls(run, call, request, prices),
    ...call.judged,
  ]);
}

/** What is sent now went out then, as far as anybody can tell. Undefined where it cannot be made, as the turn itself will say. */
function requestOf(run: ClaimedRun, tools: ReadonlyMap<string, Tool>): LostRequest | undefined {
  try {
    const { request } = prepareRequest(run, tools);
    const [model = run.model] = chooseRoute({ ...run, request, turn: run.turn + 1 }).models;
    return { request, model };
  } catch {
    return undefined;
  }
}
