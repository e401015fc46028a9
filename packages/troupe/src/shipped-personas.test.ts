import { describe, expect, test } from '@jest/globals';
import { compileSystemPrompt, resolveTools } from '@troupe/agent';
import { personas } from '@troupe/personas';
import { toolsByName } from '@troupe/tools';

describe.each(personas.map((persona) => [persona.slug, persona] as const))('the persona %s', (_, { configuration }) => {
  test('names only tools that exist', () => {
    expect([...resolveTools(configuration.tools, toolsByName).keys()]).toEqual(configuration.tools);
  });

  test('compiles to a prompt with all its sections', () => {
    const headings = compileSystemPrompt(configuration.definition).match(/^# .*$/gm);
    expect(headings).toEqual(['# Goal', '# Personality', '# Constraints', '# Examples']);
  });
});
