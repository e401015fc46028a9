import { TroupeError } from '@troupe/contracts';
import type { ToolFor } from '@troupe/spec';
import { type CallMethod, decoratedMethods } from './decorated-methods.js';

/**
 * The tools of an object: one for each method that `@Tool()` stands before, its own and those it inherits.
 * A class whose methods use dependencies of the run names them: `toolsOf<Bank>(new Accounts())`.
 * @throws TroupeError `invalid_request` when there is none.
 */
export function toolsOf<Deps = unknown>(instance: object): ToolFor<Deps>[] {
  const methods = [...decoratedMethods(instance)];
  if (methods.length === 0) throw noTools(instance);
  // Looked up at each call, so that a method that was overridden or wrapped is the one that runs.
  const called = instance as Record<string | symbol, CallMethod>;
  return methods.map(([method, build]) => build((args, context) => called[method]?.(args, context) ?? null));
}

function noTools(instance: object): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `${instance.constructor.name} has no tools. Write @Tool({ description, parameters }) before a method.`,
  });
}
