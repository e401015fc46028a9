import { isId, type NewBudget } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

/**
 * A budget whose subject fits its scope. Whether there is such a user or agent does not matter: there may be tomorrow.
 * @throws TroupeError `invalid_request`
 */
export function checkedBudget(budget: NewBudget): NewBudget {
  const { scope, subject = null } = budget;
  const complaint = complaintAbout(scope, subject);
  if (complaint) throw invalidRequest([fieldError(['subject'], complaint)]);
  return {
    ...budget,
    subject: scope === 'key' ? (subject?.toLowerCase() ?? null) : subject,
    // A field of null is an absent one.
    unpriced: budget.unpriced ?? 'allow',
  };
}

function complaintAbout(scope: NewBudget['scope'], subject: string | null): string | undefined {
  if (scope === 'tenant') {
    return subject === null ? undefined : 'subject must be absent: the scope is the whole tenant.';
  }
  if (subject === null) return `subject is required: it names the ${scope}.`;
  return scope === 'key' && !isId(subject) ? 'subject must be the id of an API key, a UUID.' : undefined;
}
