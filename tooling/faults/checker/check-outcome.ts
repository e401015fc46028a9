import { OUTPUT_RETRIES } from '../load/case-message.js';
import { type CaseView, type RunView, rootOf } from './case-view.js';
import { failedGuardrail } from './completed-as-planned.js';
import type { Violation } from './evidence.js';

/** After a cancel is acknowledged its worker may not know of it for one heartbeat; then nothing new may start. Milliseconds. */
const CANCEL_WITHIN_MS = 5_000;
/** A run ends so long after its deadline at the latest. Milliseconds. */
const ENDED_WITHIN_MS = 60_000;
/** Workers that may die over a run before it is given up. */
const CRASHES_OF_POISONED = 5;

/** G2 and G12: a run that did not complete has a reason, and a cancel stops new calls. */
export function checkOutcome(view: CaseView, providerHarmed: boolean): Violation[] {
  const found: Violation[] = [];
  for (const run of view.runs) {
    const problem = problemOf(view, run, providerHarmed);
    if (problem) found.push({ invariant: 'G2', case: view.id, runId: run.row.id, what: problem });
  }
  const cancelled = rootOf(view).history.find((entry) => entry.type === 'ok' && entry.op === 'cancel');
  if (!cancelled) return found;
  for (const { at } of [...view.providerCalls, ...view.judgeCalls, ...view.sends]) {
    const lateMs = at - cancelled.at;
    if (lateMs <= CANCEL_WITHIN_MS) continue;
    found.push({
      invariant: 'G12',
      case: view.id,
      what: `a call started ${lateMs} ms after the cancel was acknowledged`,
    });
  }
  return found;
}

function problemOf(view: CaseView, run: RunView, providerHarmed: boolean): string | undefined {
  const { row } = run;
  const lateMs = (row.finished_at ?? 0) - row.deadline_at;
  if (lateMs > ENDED_WITHIN_MS) return `the run ended ${Math.round(lateMs)} ms after its deadline`;
  if (view.poisoned) {
    // Where workers are slow to come back, the deadline may be over before enough of them have died.
    return row.stop_reason === 'poisoned' || row.status === 'expired'
      ? undefined
      : `a run that kills its workers ended as ${row.status}`;
  }
  switch (row.status) {
    case 'expired':
      return lateMs >= 0 ? undefined : `the run expired ${Math.round(-lateMs)} ms before its deadline`;
    case 'cancelled':
      return asked(view) ? undefined : 'the run was cancelled and nobody asked for it';
    case 'failed':
      return explains(view, run, providerHarmed)
        ? undefined
        : `the run failed with ${row.error_code} (${row.stop_reason}) and no fault explains it`;
    default:
      return failedGuardrail(run) && !isHarmed(view, providerHarmed)
        ? 'a guardrail of the run failed and no fault explains it'
        : undefined;
  }
}

/** A person cancelled it, or nobody waits for it any more: the run that called has ended without it. */
function asked({ history, parent }: CaseView): boolean {
  if (parent) return parent.runs.some(({ row }) => row.status !== 'completed');
  return history.some((entry) => entry.type === 'invoke' && entry.op === 'cancel');
}

function explains(view: CaseView, { row, transitions, approvals }: RunView, providerHarmed: boolean): boolean {
  const code = row.error_code ?? '';
  if (code === 'run_poisoned') return transitions.length >= CRASHES_OF_POISONED;
  if (code === 'output_invalid') return (view.plan.misfits ?? 0) > OUTPUT_RETRIES;
  if (code === 'approval_expired') {
    return approvals.some(({ state, on_expiry }) => state === 'expired' && on_expiry === 'fail');
  }
  return code.startsWith('provider_') && isHarmed(view, providerHarmed);
}

function isHarmed({ providerCalls, judgeCalls }: CaseView, providerHarmed: boolean): boolean {
  return providerHarmed || [...providerCalls, ...judgeCalls].some(({ fault }) => fault !== undefined);
}
