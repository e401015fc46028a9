import type { ModelResponse, PriceBook } from '@troupe/spec';
import { ledgerOfCalls, type MadeCall, outcomeOfError } from '../usage/ledger-of-calls.js';
import type { LedgerRow } from '../usage/ledger-row.js';
import type { ClaimedFollowUp } from './claim-follow-ups.js';

/** What became of the answer that a task wanted, with every request that left for it. */
export type FollowUpAnswer = { attempts: readonly MadeCall[] } & (
  | { type: 'answered'; response: ModelResponse }
  /** A limit lets nothing through for now. */
  | { type: 'held'; waitMs: number }
  | { type: 'failed'; error: unknown }
);

/** A task came to no result: what it cost is stored when it is put back. */
export class BrokenCall extends Error {
  /** Set when nothing failed and the task only has to wait. Milliseconds. */
  readonly waitMs: number | undefined;

  constructor(
    readonly ledger: LedgerRow[],
    cause: unknown,
    options: { waitMs?: number } = {},
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'BrokenCall';
    this.waitMs = options.waitMs;
  }
}

export interface MeteredCall<Made> {
  task: ClaimedFollowUp;
  purpose: LedgerRow['purpose'];
  answer: FollowUpAnswer;
  prices: PriceBook;
  /** What the answer says; it may throw. */
  read(response: ModelResponse): Made;
}

/**
 * What a task made of its answer, and the ledger rows of all that it took.
 * @throws BrokenCall
 */
export function meteredCall<Made>(options: MeteredCall<Made>): { made: Made; ledger: LedgerRow[] } {
  const { task, purpose, answer, prices, read } = options;
  const { id, attempt } = task;
  const ledger = ledgerOfCalls(answer.attempts, { ownerId: id, attempt, purpose, prices, place: { attempt } });
  if (answer.type === 'failed') throw new BrokenCall(ledger, answer.error);
  if (answer.type === 'held') {
    throw new BrokenCall(ledger, new Error('The model is at its limit.'), { waitMs: answer.waitMs });
  }
  try {
    return { made: read(answer.response), ledger };
  } catch (error) {
    const last = ledger.at(-1);
    if (last) last.outcome = outcomeOfError(error);
    throw new BrokenCall(ledger, error);
  }
}
