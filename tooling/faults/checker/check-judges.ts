import type { ProviderCall } from '../oracles/provider-call.js';
import type { CaseView } from './case-view.js';
import type { Evidence, Violation } from './evidence.js';

/**
 * I7 of judges: every call of a judge that reached the provider has its row, and one only, with the provider's own numbers.
 * Thread by thread: a message that its own run never came to read is judged for the next one. A judge that was shown the error
 * of a tool, which names no case, may have been anybody's.
 */
export function checkJudges(views: readonly CaseView[], { provider }: Pick<Evidence, 'provider'>): Violation[] {
  const judged = views.filter(({ runs }) => runs.some(({ judgeLedger }) => judgeLedger.length > 0));
  const called = views.filter(({ judgeCalls, runs }) => judgeCalls.length > 0 && runs.length > 0);
  const threads = Map.groupBy(new Set([...judged, ...called]), ({ runs }) => runs[0]?.row.thread_id);
  const nameless = provider.filter(({ case: of, judged: place }) => of === undefined && place !== undefined);
  return [...threads.values()].flatMap((ofThread) => checkThread(ofThread, nameless));
}

function checkThread(views: readonly CaseView[], nameless: readonly ProviderCall[]): Violation[] {
  const found: Violation[] = [];
  const names = views.map(({ id }) => id).join(' ');
  const say = (what: string) => found.push({ invariant: 'judges', case: names, what });
  const calls = views.flatMap(({ judgeCalls }) => judgeCalls);
  const rows = views.flatMap(({ runs }) => runs.flatMap(({ judgeLedger }) => judgeLedger));
  const places = new Set(rows.map(({ run_id, attempt, call }) => `${run_id}/${attempt}/${call}`));
  if (places.size < rows.length) say(`${rows.length} ledger rows for ${places.size} calls of judges`);
  if (calls.length > rows.length) {
    say(`judges called the provider ${calls.length} times, the ledger has ${rows.length} rows`);
  }
  const left = [...calls, ...nameless].filter(({ outcome }) => outcome === 'completed');
  for (const row of rows.filter(({ outcome }) => outcome === 'completed')) {
    const index = left.findIndex(
      (call) => call.inputTokens === row.input_tokens && call.outputTokens === row.output_tokens,
    );
    if (index < 0) say(`a judge is billed ${row.input_tokens}+${row.output_tokens} tokens that no call had`);
    else left.splice(index, 1);
  }
  return found;
}
