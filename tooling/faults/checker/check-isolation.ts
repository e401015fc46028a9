import type { CaseView } from './case-view.js';
import type { Violation } from './evidence.js';

/** I10: everything of a run belongs to the tenant that asked for it, and nobody else gets to see it. */
export function checkIsolation(view: CaseView): Violation[] {
  const found: Violation[] = [];
  const say = (what: string) => found.push({ invariant: 'I10', case: view.id, what });
  for (const { row, messages, toolCalls, approvals, ledger, judgeLedger } of view.runs) {
    const owners = [row, ...messages, ...toolCalls, ...approvals, ...ledger, ...judgeLedger].map(
      ({ tenant_id }) => tenant_id,
    );
    const foreign = owners.find((tenant) => tenant !== view.tenant);
    if (foreign) say(`run ${row.id} of tenant ${view.tenant} has rows of tenant ${foreign}`);
  }
  for (const { tenantId, call } of view.sends) {
    if (tenantId !== view.tenant) say(`${call} of tenant ${view.tenant} was sent for tenant ${tenantId}`);
  }
  for (const entry of view.history) {
    if (entry.type === 'ok' && entry.op === 'foreign') say(`another tenant's key was shown run ${entry.runId}`);
  }
  return found;
}
