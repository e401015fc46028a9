import type { Tool } from '@troupe/spec';

/**
 * Whether a list of tools means this one. `*` and `effect` mean no tool that only asks a person: a question about a
 * question would help nobody.
 */
export function namesTool(names: readonly string[], tool: Pick<Tool, 'name' | 'effect' | 'asksUser'>): boolean {
  if (names.includes(tool.name)) return true;
  if (tool.asksUser) return false;
  return names.includes('*') || (tool.effect === 'effect' && names.includes('effect'));
}
