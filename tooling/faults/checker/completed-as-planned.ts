import type { RunView } from './case-view.js';

/** It completed, and its answer is the one that was asked for: no guardrail failed and put its own words in the place of it. */
export function isWhole(run: RunView): boolean {
  return run.row.status === 'completed' && !failedGuardrail(run);
}

/** A guardrail of what came in or went out could not do its work, so the run ended with its words. */
export function failedGuardrail({ log }: RunView): boolean {
  return log.some(([, , type, data]) => {
    if (type !== 'guardrail.tripped') return false;
    const { failed, on } = JSON.parse(data) as { failed?: true; on: string };
    return failed === true && (on === 'input' || on === 'output');
  });
}
