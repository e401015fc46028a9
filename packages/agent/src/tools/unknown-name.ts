import { nearMatches } from '@troupe/contracts';

/** How many names a message lists when none is near. */
const LISTED = 20;

/** "There is no tool "calculat". Did you mean calculate?" and, when nothing is near, what there is. */
export function unknownName(kind: string, name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearMatches(name, names);
  const sentence = `There is no ${kind} "${name.slice(0, 100)}".`;
  if (near.length > 0) return `${sentence} Did you mean ${near.join(' or ')}?`;
  if (names.length === 0) return `${sentence} None is available.`;
  return `${sentence} Available: ${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ', …' : ''}.`;
}
