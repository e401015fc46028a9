import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compileSystemPrompt } from '@troupe/agent';
import type { AgentDefinition } from '@troupe/contracts';
import { AgentTemplates, personas } from '@troupe/personas';

const prompts: [string, AgentDefinition][] = [
  ['template-assistant', AgentTemplates.assistant('Helper')],
  ['template-customer-support', AgentTemplates.customerSupport('Acme')],
  ['template-property-manager', AgentTemplates.propertyManager()],
  ['template-rag-assistant', AgentTemplates.ragAssistant('DocBot', { domain: 'knowledge base' })],
  ['template-tutor', AgentTemplates.tutor('algebra')],
  ...personas.map(({ slug, configuration }): [string, AgentDefinition] => [
    `persona-${slug}`,
    configuration.definition,
  ]),
];

/** Every word of a prompt changes what agents do: whoever changes one reads the whole, and changes its golden file too. */
describe('prompts of templates and personas', () => {
  test.each(prompts)('%s compiles to its golden text', (name, definition) => {
    const file = new URL(`../../golden/${name}.txt`, import.meta.url);
    const prompt = `${compileSystemPrompt(definition)}\n`;
    expect(readFileSync(file, 'utf8')).toBe(prompt);
  });
});
