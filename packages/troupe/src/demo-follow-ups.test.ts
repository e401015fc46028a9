import { describe, expect, test } from '@jest/globals';
import {
  compileSystemPrompt,
  factsRequest,
  parseFacts,
  parseSummary,
  parseTitle,
  summaryRequest,
  titleRequest,
} from '@troupe/agent';
import { resolveModel } from './models/resolve-model.js';

/** The demo recognises these requests by their texts, which another package writes: here the two meet. */
describe('the demo model and the requests of the runtime', () => {
  const model = resolveModel({ provider: 'demo' });
  const messages = [
    { role: 'user' as const, content: [{ type: 'text' as const, text: 'My name is Phil and I live in Lisbon.' }] },
    { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'Nice to meet you.' }] },
  ];

  test('gives a title', async () => {
    expect(parseTitle(await model.generate(titleRequest(messages)))).toMatch(/^My name is Phil/);
  });

  test('gives a summary', async () => {
    expect(parseSummary(await model.generate(summaryRequest(null, messages)))).toContain('My name is Phil');
  });

  test('finds facts, and uses them in another thread', async () => {
    const facts = parseFacts(await model.generate(factsRequest(messages, [])));
    expect(facts).toContainEqual({ key: 'name', value: 'Phil', category: 'identity' });
    const { content } = await model.generate({
      system: compileSystemPrompt({ role: 'You help.' }, { facts }),
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is my name?' }] }],
    });
    expect(content).toMatchObject([{ text: expect.stringContaining('Phil') }]);
  });
});
