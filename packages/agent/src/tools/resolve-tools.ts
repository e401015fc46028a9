import { nearMatches, TroupeError } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { unknownName } from './unknown-name.js';

/**
 * The tools that an agent names, in its order.
 * @throws TroupeError `tool_not_found` with the near matches in its message and details.
 */
export function resolveTools<Found = Tool>(
  names: readonly string[],
  catalog: ReadonlyMap<string, Found>,
): Map<string, Found> {
  return new Map(names.map((name) => [name, resolve(name, catalog)]));
}

function resolve<Found>(name: string, catalog: ReadonlyMap<string, Found>): Found {
  const tool = catalog.get(name);
  if (tool) return tool;
  throw new TroupeError({
    code: 'tool_not_found',
    fault: 'caller',
    message: unknownName('tool', name, catalog.keys()),
    details: { tool: name, near_matches: nearMatches(name, catalog.keys()) },
  });
}
