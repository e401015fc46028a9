import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { defaultPersona, personas, personasBySlug } from './catalog.js';

describe('the catalog of personas', () => {
  test('is sorted, and slugs are unique', () => {
    const slugs = personas.map((persona) => persona.slug);
    expect(slugs).toEqual([...new Set(slugs)].sort());
    expect(personasBySlug.get(defaultPersona.slug)).toBe(defaultPersona);
  });

  test('holds every persona that there is a file for', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.persona.ts'));
    expect(files.map((file) => file.replace('.persona.ts', '')).sort()).toEqual(personas.map(({ slug }) => slug));
  });

  test.each(personas.map((persona) => [persona.slug, persona] as const))(
    '%s is complete',
    (slug, { configuration }) => {
      expect(slug).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(configuration.definition).toMatchObject({
        role: expect.stringMatching(/^You /),
        goal: expect.any(String),
        personality: { tone: expect.any(String), style: expect.any(String), traits: expect.any(Array) },
        constraints: expect.any(Array),
        examples: expect.any(Array),
      });
      expect(configuration.description).toBeTruthy();
      expect(configuration.max_turns).toBeGreaterThan(1);
    },
  );

  test.each(personas.map((persona) => [persona.slug, persona] as const))(
    '%s speaks of no tool that it does not have',
    (_, { configuration }) => {
      const mentioned = configuration.definition.constraints?.join(' ').matchAll(/`([a-z_]+)`/g) ?? [];
      for (const [, name] of mentioned) expect(configuration.tools).toContain(name);
    },
  );
});
