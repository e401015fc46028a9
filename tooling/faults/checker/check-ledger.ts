import type { CaseView } from './case-view.js';
import type { Violation } from './evidence.js';

/** I7: every call that reached the provider has its row, and one only, and answered calls have the provider's own numbers. */
export function checkLedger({ id, runs, providerCalls }: CaseView): Violation[] {
  const [run] = runs;
  if (!run) return [];
  const found: Violation[] = [];
  const say = (what: string) => found.push({ invariant: 'I7', case: id, runId: run.row.id, what });
  const { ledger, steps } = run;
  const calls = new Set(ledger.map(({ attempt, call }) => `${attempt}/${call}`));
  if (calls.size < ledger.length) say(`${ledger.length} ledger rows for ${calls.size} calls`);
  if (providerCalls.length > ledger.length) {
    say(`the provider was called ${providerCalls.length} times, the ledger has ${ledger.length} rows`);
  }
  const answered = ledger.filter(({ outcome }) => outcome === 'completed');
  const turns = steps.filter(({ kind }) => kind === 'model').length;
  if (answered.length < turns) say(`${turns} model turns are committed, ${answered.length} answered calls are billed`);
  const left = providerCalls.filter(({ outcome }) => outcome === 'completed');
  for (const row of answered) {
    const index = left.findIndex(
      (call) => call.inputTokens === row.input_tokens && call.outputTokens === row.output_tokens,
    );
    if (index < 0)
      say(`attempt ${row.attempt} is billed ${row.input_tokens}+${row.output_tokens} tokens that no call had`);
    else left.splice(index, 1);
  }
  return found;
}
