import { type ErrorBody, type ErrorCode, type StopReason, TroupeError } from '@troupe/contracts';

/** Codes whose errors come with facts for programs. */
const DETAILED: ReadonlySet<ErrorCode> = new Set(['output_invalid', 'run_limit_exceeded']);

/** What ended a run, as it is stored and told. */
export function errorOfRun(error: unknown): ErrorBody {
  const body = TroupeError.bodyOf(error);
  const details = error instanceof TroupeError && DETAILED.has(error.code) ? error.details : undefined;
  return details ? { ...body, details } : body;
}

/** Whoever is to blame for it: what went wrong with a provider (a refused key is ours) ends the run with that word. */
export function stopReasonOfError({ code, fault }: ErrorBody): StopReason {
  switch (code) {
    case 'budget_exceeded':
      return 'budget';
    case 'run_limit_exceeded':
      return 'usage_limit';
    case 'output_invalid':
      return 'output_invalid';
    default:
      return fault === 'server' && !code.startsWith('provider_') ? 'server_error' : 'provider_error';
  }
}
