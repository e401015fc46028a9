export { defaultPersona, personas, personasBySlug } from './catalog.js';
export type { Persona } from './persona.js';
