import { estimateRequestTokens, estimateTextTokens } from '@troupe/agent';
import { type RunEventBody, TroupeError, type Usage } from '@troupe/contracts';
import {
  ABANDONED,
  type ClaimedRun,
  callLedgerId,
  estimatedUsage,
  type LedgerRow,
  type LostCall,
  ledgerRow,
  usageOfBrokenCall,
} from '@troupe/database';
import type { ModelRequest, ModelResponse, ModelUsage } from '@troupe/spec';
import { TurnStopped } from '../leases/turn-stopped.js';

/** The ledger row of a call that was answered. */
export function ledgerOfResponse(run: ClaimedRun, response: ModelResponse): LedgerRow {
  return rowOf(run, run.attempt, 'completed', response.usage);
}

/** The ledger row of a call that broke off: what was sent and what had arrived until then is billed. */
export function ledgerOfFailure(
  run: ClaimedRun,
  error: unknown,
  request: ModelRequest,
  streamed: readonly RunEventBody[],
): LedgerRow {
  let characters = 0;
  for (const event of streamed) {
    if (event.type === 'text.delta' || event.type === 'reasoning.delta') characters += event.data.delta.length;
  }
  const estimate = { inputTokens: estimateRequestTokens(request), outputTokens: estimateTextTokens(characters) };
  return rowOf(run, run.attempt, outcomeOf(error), usageOfBrokenCall(error, estimate));
}

/** The ledger row of a call whose worker died: it sent what is sent now, as far as anybody can tell. */
export function ledgerOfLostCall(run: ClaimedRun, call: LostCall, request: ModelRequest | undefined): LedgerRow {
  const input = request ? estimateRequestTokens(request) : 0;
  return rowOf(run, call.attempt, ABANDONED, estimatedUsage(input, estimateTextTokens(call.streamedCharacters)));
}

function outcomeOf(error: unknown): string {
  if (error instanceof TroupeError) return error.code;
  if (!(error instanceof TurnStopped)) return 'aborted';
  if (error.because === 'lease_lost') return ABANDONED;
  return error.because === 'turn_timeout' ? error.because : 'aborted';
}

function rowOf(run: ClaimedRun, attempt: number, outcome: string, usage: ModelUsage): LedgerRow {
  const id = callLedgerId(run.id, attempt);
  return ledgerRow({ id, purpose: 'turn', model: run.model, step: run.step, attempt, outcome, usage });
}

/** One call's usage as events and resources show it. */
export function usageOf(row: LedgerRow): Usage {
  return {
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    total_tokens: row.input_tokens + row.output_tokens,
    cached_input_tokens: row.cached_input_tokens,
    reasoning_tokens: row.reasoning_tokens,
    cost: row.cost,
  };
}

export function sumUsage(a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    cost: a.cost === null && b.cost === null ? null : (a.cost ?? 0) + (b.cost ?? 0),
  };
}
