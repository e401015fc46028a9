export { defaultPersona, personas, personasBySlug } from './catalog.js';
export type { Persona } from './persona.js';
export { AgentTemplates } from './templates/agent-templates.js';
export type { RagAssistantOverrides } from './templates/rag-assistant.template.js';
export type { DefinitionOverrides } from './templates/with-overrides.js';
