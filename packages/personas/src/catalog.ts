import { assistant } from './assistant.persona.js';
import { cherry } from './cherry.persona.js';
import { dndAssistant } from './dnd-assistant.persona.js';
import type { Persona } from './persona.js';
import { researcher } from './researcher.persona.js';
import { todoAssistant } from './todo-assistant.persona.js';

/** Every persona that ships with Troupe, sorted by slug. */
export const personas: readonly Persona[] = [assistant, cherry, dndAssistant, researcher, todoAssistant];

export const personasBySlug: ReadonlyMap<string, Persona> = new Map(personas.map((persona) => [persona.slug, persona]));

/** Who answers when a request names nobody and its thread has nobody either. */
export const defaultPersona: Persona = assistant;
