import type { CaseView } from './case-view.js';
import type { Violation } from './evidence.js';

const TERMINAL = new Set(['completed', 'failed', 'cancelled', 'expired']);

/** I1, I2, I9: what was acknowledged is stored and ends, ends once, and exists once, however often it was sent. */
export function checkAcceptance(view: CaseView): Violation[] {
  const found: Violation[] = [];
  const say = (invariant: string, what: string) => found.push({ invariant, case: view.id, what });
  const stored = new Set(view.runs.map(({ row }) => row.id));
  const acknowledged = new Set<string>();
  let refused: number | undefined;
  for (const entry of view.history) {
    if (entry.type === 'ok' && (entry.op === 'start' || entry.op === 'duplicate')) acknowledged.add(entry.runId);
    if (entry.type === 'fail' && entry.op === 'start') refused = entry.status;
  }
  for (const runId of acknowledged) {
    if (!stored.has(runId)) say('I1', `run ${runId} was acknowledged and is not stored`);
  }
  if (acknowledged.size > 1) say('I9', `one key was answered with ${acknowledged.size} runs`);
  if (view.runs.length > 1) say('I9', `one request made ${view.runs.length} runs`);
  if (refused !== undefined && acknowledged.size === 0 && stored.size > 0) {
    say('I9', `the request was refused with ${refused}, and a run is stored`);
  }
  for (const { row, transitions } of view.runs) {
    if (!TERMINAL.has(row.status)) say('I1', `run ${row.id} is ${row.status}`);
    let ends = 0;
    for (const { old_status, status, attempt } of transitions) {
      if (TERMINAL.has(old_status)) say('I2', `run ${row.id} left ${old_status} for ${status}, attempt ${attempt}`);
      else if (TERMINAL.has(status)) ends += 1;
    }
    if (ends > 1) say('I2', `run ${row.id} ended ${ends} times`);
  }
  return found;
}
