import type { AgentConfiguration } from '@troupe/contracts';

/** An agent that ships with Troupe: a slug to ask for it by, and its first version. */
export interface Persona {
  slug: string;
  configuration: AgentConfiguration;
}
