import type { RunContext, ToolFor } from '@troupe/spec';

/** Calls the method on an object. */
export type CallMethod = (args: unknown, context: RunContext) => unknown;

/** Makes the tool that a decorator described of the method of an object. */
export type BuildTool = (call: CallMethod) => ToolFor<unknown>;

/**
 * What `@Tool()` has said of the methods of an object. Standard decorators know the object and TypeScript's own the
 * prototype, so both may be the key.
 */
const decorated = new WeakMap<object, Map<string | symbol, BuildTool>>();

export function keepMethod(owner: object, method: string | symbol, build: BuildTool): void {
  const ofOwner = decorated.get(owner) ?? new Map();
  decorated.set(owner, ofOwner.set(method, build));
}

/** Of the object and of all that it inherits from; what a subclass says of a method goes before what its parent says. */
export function decoratedMethods(instance: object): Map<string | symbol, BuildTool> {
  const owners: object[] = [];
  for (let owner: object | null = instance; owner !== null; owner = Object.getPrototypeOf(owner)) owners.unshift(owner);
  return new Map(owners.flatMap((owner) => [...(decorated.get(owner) ?? [])]));
}
