import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { AgentOptions } from './agent-options.js';

/** What the caller told of a user, and what the store remembers; it wins where both know something. */
export async function factsAbout(
  userId: string | null,
  { facts, stores }: Pick<AgentOptions, 'facts' | 'stores'>,
): Promise<readonly PromptFact[] | undefined> {
  if (!stores?.memory || userId === null) return facts;
  const known = new Map((facts ?? []).map((fact) => [fact.key, fact]));
  for (const fact of await stores.memory.list(userId)) known.set(fact.key, fact);
  return [...known.values()];
}
