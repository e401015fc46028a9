import { answerOf, OUTPUT_RETRIES } from '../load/case-message.js';
import type { CaseView } from './case-view.js';
import { isWhole } from './completed-as-planned.js';
import type { Violation } from './evidence.js';
import { canonicalJson } from './surviving-events.js';

/** A run with an output schema answers with what fits it, or fails after as many corrections as it has, and no more. */
export function checkOutput(view: CaseView): Violation[] {
  const { plan, runs, providerCalls, history, id } = view;
  const found: Violation[] = [];
  const tooOften = providerCalls.find(({ misfits }) => misfits > OUTPUT_RETRIES);
  if (tooOften)
    found.push({ invariant: 'output', case: id, what: `the model was corrected ${tooOften.misfits} times` });
  for (const run of runs) {
    const say = (what: string) => found.push({ invariant: 'output', case: id, runId: run.row.id, what });
    const right = isWhole(run) && plan.misfits !== undefined ? canonicalJson(answerOf(plan)) : undefined;
    if (right !== undefined && (plan.misfits ?? 0) > OUTPUT_RETRIES) say('the run completed after too many misfits');
    const stored = jsonOf(run.row.output);
    if (stored !== right) say(`the run has the output ${stored} instead of ${right}`);
    for (const entry of history) {
      if (entry.type !== 'answer' || entry.runId !== run.row.id || entry.status !== 'completed') continue;
      if (jsonOf(entry.output) !== right) say(`the API answered with the output ${jsonOf(entry.output)}`);
    }
  }
  return found;
}

/** A run without an output has `null` in the database and no field in the API. */
function jsonOf(output: unknown): string | undefined {
  return output === undefined || output === null ? undefined : canonicalJson(JSON.stringify(output));
}
