import { unknownName } from '@troupe/agent';
import { type AgentConfiguration, nearMatches, TroupeError } from '@troupe/contracts';
import { personasBySlug } from '@troupe/personas';

/** @throws TroupeError `agent_not_found` with the near matches in its message and details. */
export function resolvePersona(slug: string): AgentConfiguration {
  const persona = personasBySlug.get(slug);
  if (persona) return persona.configuration;
  throw new TroupeError({
    code: 'agent_not_found',
    fault: 'caller',
    message: unknownName('persona', slug, personasBySlug.keys()),
    details: { persona: slug, near_matches: nearMatches(slug, personasBySlug.keys()) },
  });
}
