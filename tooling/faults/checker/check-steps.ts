import { agentTakingOver } from '../load/case-plan.js';
import type { CaseView, RunView } from './case-view.js';
import { isWhole } from './completed-as-planned.js';
import type { Violation } from './evidence.js';

/** I5: one result a step, without gaps, each by an attempt that held the run then. */
export function checkSteps({ id, plan, runs }: CaseView): Violation[] {
  return runs.flatMap((run) => {
    const found: Violation[] = [];
    const say = (what: string) => found.push({ invariant: 'I5', case: id, runId: run.row.id, what });
    checkOrder(run, say);
    if (!isWhole(run)) return found;
    const kinds = run.steps.map(({ kind }) => kind).join(' ');
    // Nothing runs in a turn that hands over, and an answer that may not be given is no step.
    const rounds = plan.rounds.map((round) => (round.some(agentTakingOver) ? 'model' : 'model tools'));
    const right = [...rounds, ...(plan.holds === 'forbidden' ? [] : ['model'])].join(' ');
    if (kinds !== right) say(`the steps are '${kinds}' instead of '${right}'`);
    return found;
  });
}

function checkOrder({ steps, row, transitions }: RunView, say: (what: string) => void): void {
  const claimed = new Set(transitions.filter(({ status }) => status === 'running').map(({ attempt }) => attempt));
  let attempt = 0;
  for (const [position, step] of steps.entries()) {
    if (step.index !== position) say(`step ${step.index} is in place ${position}`);
    if (step.attempt < attempt || step.attempt > row.attempt) {
      say(`step ${step.index} is by attempt ${step.attempt}, after one by ${attempt}; the run is at ${row.attempt}`);
    }
    if (step.kind === 'model' && !claimed.has(step.attempt)) {
      say(`step ${step.index} is by attempt ${step.attempt}, which never held the run`);
    }
    attempt = step.attempt;
  }
}
