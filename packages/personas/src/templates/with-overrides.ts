import type { AgentDefinition } from '@troupe/contracts';

/** What takes the place of a template's own parts. A list replaces the whole list; of a personality each trait kind apart. */
export type DefinitionOverrides = Partial<AgentDefinition>;

export function withOverrides(template: AgentDefinition, overrides: DefinitionOverrides): AgentDefinition {
  return { ...template, ...overrides, personality: { ...template.personality, ...overrides.personality } };
}
