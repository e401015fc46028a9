import { TroupeError } from '@troupe/contracts';
import type { ModelResponse, ModelUsage } from '@troupe/spec';
import { callLedgerId } from '../usage/call-ledger-id.js';
import { type LedgerRow, ledgerRow } from '../usage/ledger-row.js';
import { usageOfBrokenCall } from '../usage/usage-of-broken-call.js';
import type { ClaimedFollowUp } from './claim-follow-ups.js';

/** A task's model call broke off: what it cost is stored when the task is put back. */
export class BrokenCall extends Error {
  constructor(
    readonly ledger: LedgerRow,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'BrokenCall';
  }
}

export interface MeteredCall<Made> {
  task: ClaimedFollowUp;
  purpose: LedgerRow['purpose'];
  /** What the request takes, in case the provider never says. */
  estimatedInputTokens: number;
  call(): Promise<ModelResponse>;
  /** What the answer says; it may throw. */
  read(response: ModelResponse): Made;
}

/**
 * Makes the one model call of a task's attempt, with its ledger row whatever becomes of it.
 * @throws BrokenCall
 */
export async function meteredCall<Made>(options: MeteredCall<Made>): Promise<{ made: Made; ledger: LedgerRow }> {
  const { task, purpose, estimatedInputTokens, call, read } = options;
  let response: ModelResponse | undefined;
  const rowOf = (outcome: string, usage: ModelUsage) =>
    ledgerRow({
      id: callLedgerId(task.id, task.attempt),
      purpose,
      model: task.model,
      attempt: task.attempt,
      outcome,
      usage,
    });
  try {
    response = await call();
    return { made: read(response), ledger: rowOf('completed', response.usage) };
  } catch (error) {
    const outcome = error instanceof TroupeError ? error.code : 'aborted';
    const estimate = { inputTokens: estimatedInputTokens, outputTokens: 0 };
    throw new BrokenCall(rowOf(outcome, response?.usage ?? usageOfBrokenCall(error, estimate)), error);
  }
}
