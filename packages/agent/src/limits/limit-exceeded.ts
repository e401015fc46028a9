import { type RunLimits, TroupeError } from '@troupe/contracts';

/** A run that may send nothing more. `used` is what it has taken so far, in the unit of the limit. */
export function limitExceeded(limit: keyof RunLimits, allowed: number, used: number): TroupeError {
  return new TroupeError({
    code: limit === 'max_cost_usd' ? 'budget_exceeded' : 'run_limit_exceeded',
    fault: 'caller',
    message:
      `The run's limit ${limit} (${allowed}) leaves no room for another model call: ${used} is used. ` +
      'Raise the limit of the agent or the request, or ask for less.',
    details: { limit, allowed, used },
  });
}

/** Money cannot be limited where nobody knows what a call costs, so nothing is sent. */
export function priceUnknown(allowed: number): TroupeError {
  return new TroupeError({
    code: 'budget_exceeded',
    fault: 'caller',
    message:
      "The run's limit max_cost_usd cannot be held: nobody knows what a call of its model costs. " +
      'Set the price of the model, or limit tokens instead.',
    details: { limit: 'max_cost_usd', allowed, used: null },
  });
}
