import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LlmSimulator, ScriptedModel, startLlmSimulator } from '@troupe/testing';
import { z } from 'zod';
import { Agent } from './agent.js';
import { aiFunctions } from './ai-functions.js';

const trip = z.object({ title: z.string(), tags: z.array(z.enum(['sea', 'hills'])).min(1), days: z.int() });
const planned = { title: 'By the sea', tags: ['sea' as const], days: 3 };

let simulator: LlmSimulator;

beforeAll(async () => {
  simulator = await startLlmSimulator({ apiKey: 'key' });
});

afterAll(() => simulator.close());

test.each([
  ['nothing', '{}'],
  ['a schema where the options belong', '{"_zod":{},"_def":{}}'],
  ['a schema of zod 3', '{"schema":{"_def":{}}}'],
])('an object by %s is refused, also where nobody checks types', async (_what, options) => {
  const model = new ScriptedModel([]);
  const asked = new Agent({ role: 'You help.', model }).object('Hi', JSON.parse(options));
  await expect(asked).rejects.toThrow('The output schema cannot be used.');
  expect(model.requests).toEqual([]);
});

describe.each(['openai', 'anthropic', 'openrouter', 'ollama'] as const)('structured output of %s', (provider) => {
  const choice = () => ({ provider, apiKey: 'key', baseUrl: simulator.baseUrls[provider] });

  test('is validated, and corrected once where it is not valid', async () => {
    simulator.script(
      { text: 'Three days, by the sea.' },
      { text: `Sorry:\n\`\`\`json\n${JSON.stringify(planned)}\n\`\`\`` },
    );
    const agent = new Agent({ role: 'You plan trips.', ...choice() });
    expect(await agent.object('A trip, please', { schema: trip })).toEqual(planned);
  });

  test('is shown while it is written', async () => {
    simulator.script({ text: JSON.stringify(planned) });
    const agent = new Agent({ role: 'You plan trips.', ...choice() });
    const stream = agent.streamObject('A trip, please', { schema: trip });
    const parts: unknown[] = [];
    for (;;) {
      const next = await stream.next();
      if (next.done) {
        expect(next.value).toEqual(planned);
        break;
      }
      parts.push(next.value);
    }
    expect(parts.at(-1)).toEqual(planned);
  });

  test('is what functions are made of', async () => {
    simulator.script({ text: '{"value": "question"}' });
    expect(await aiFunctions(choice()).classify('How?', ['bug', 'question'])).toBe('question');
  });
});

test('the demo model gives values of the right shape', async () => {
  const agent = new Agent({ role: 'You plan trips.', provider: 'demo' });
  expect(trip.safeParse(await agent.object('A trip, please', { schema: trip })).success).toBe(true);
  expect(['p', 'q']).toContain(await aiFunctions({ provider: 'demo' }).classify('x', ['p', 'q']));
});

test('a model that cannot do it ends in the error, with its last answer', async () => {
  const agent = new Agent({ role: 'You plan trips.', provider: 'demo' });
  const schema = { type: 'object', properties: { code: { type: 'string', pattern: '^zzz$' } }, required: ['code'] };
  await expect(agent.object('The code?', { schema })).rejects.toMatchObject({
    code: 'output_invalid',
    details: {
      errors: ['"code" must match pattern "^zzz$"'],
      last_answer: expect.stringContaining('"code"'),
      answers: 3,
    },
  });
});
