import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { AgentTemplates } from './agent-templates.js';

describe('AgentTemplates', () => {
  test('holds every template that there is a file for', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.template.ts'));
    const names = files.map((file) =>
      file.replace('.template.ts', '').replace(/-./g, ([, letter]) => String(letter).toUpperCase()),
    );
    expect(names.sort()).toEqual(Object.keys(AgentTemplates).sort());
  });

  test('what is given takes the place of a template’s own parts, of a personality one by one', () => {
    const definition = AgentTemplates.assistant('Helper', {
      goal: 'Short.',
      constraints: [],
      personality: { tone: 'dry' },
    });
    expect(definition).toMatchObject({ role: expect.stringContaining('Helper'), goal: 'Short.', constraints: [] });
    expect(definition.personality).toMatchObject({ tone: 'dry', style: 'clear and direct' });
  });

  test('a template is made anew each time', () => {
    AgentTemplates.propertyManager().constraints?.push('Only mine.');
    expect(AgentTemplates.propertyManager().constraints).not.toContain('Only mine.');
  });

  test('names the documents and the tool that searches them', () => {
    const { role, constraints } = AgentTemplates.ragAssistant('DocBot', { domain: 'handbook', searchTool: 'find' });
    expect(role).toContain('DocBot');
    expect(role).toContain('the handbook');
    expect(constraints?.join()).toContain('`find`');
    expect(AgentTemplates.ragAssistant('DocBot', { domain: 'handbook' })).not.toHaveProperty('domain');
  });
});
