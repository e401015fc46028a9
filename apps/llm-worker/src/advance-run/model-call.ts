import { type RunEventBody, TroupeError, type Usage } from '@troupe/contracts';
import { type ClaimedRun, type LedgerRow, ledgerRow } from '@troupe/database';
import type { ModelResponse } from '@troupe/spec';

/** About four characters a token, for calls that ended before the provider said how many there were. */
const CHARACTERS_PER_TOKEN = 4;

/** The ledger row of a call that was answered. */
export function ledgerOfResponse(run: ClaimedRun, response: ModelResponse): LedgerRow {
  return ledgerRow({ purpose: 'turn', model: run.model, step: run.step, outcome: 'completed', usage: response.usage });
}

/** The ledger row of a call that broke off: what was streamed until then was generated and is billed. */
export function ledgerOfFailure(run: ClaimedRun, error: unknown, streamed: readonly RunEventBody[]): LedgerRow {
  let characters = 0;
  for (const event of streamed) {
    if (event.type === 'text.delta' || event.type === 'reasoning.delta') characters += event.data.delta.length;
  }
  return ledgerRow({
    purpose: 'turn',
    model: run.model,
    step: run.step,
    outcome: error instanceof TroupeError ? error.code : 'aborted',
    usage: {
      inputTokens: 0,
      outputTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
      cachedInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    },
  });
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
