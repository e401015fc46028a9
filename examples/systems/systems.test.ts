import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LlmSimulator, type SimulatedReply, startLlmSimulator } from '@troupe/testing';

let simulator: LlmSimulator;

beforeAll(async () => {
  simulator = await startLlmSimulator({ apiKey: 'key' });
  for (const provider of ['anthropic', 'openai', 'openrouter'] as const) {
    process.env[`${provider.toUpperCase()}_API_KEY`] = 'key';
    process.env[`${provider.toUpperCase()}_BASE_URL`] = simulator.baseUrls[provider];
  }
});

afterAll(() => simulator.close());

afterEach(() => {
  simulator.reset();
  jest.restoreAllMocks();
});

/** Runs a program as `node <file>` would, and gives what it prints. */
async function run(file: string, replies: SimulatedReply[]): Promise<string> {
  simulator.script(...replies);
  const printed: string[] = [];
  const format = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  jest.spyOn(console, 'log').mockImplementation((...values) => {
    printed.push(`${values.map(format).join(' ')}\n`);
  });
  jest.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    printed.push(String(piece));
    return true;
  });
  await import(`./${file}`);
  expect(simulator.requests).toHaveLength(replies.length);
  return printed.join('');
}

const calls = (...toolCalls: [name: string, args: Record<string, unknown>][]): SimulatedReply => ({
  toolCalls: toolCalls.map(([name, args]) => ({ name, arguments: args })),
});
const json = (value: unknown): SimulatedReply => ({ text: JSON.stringify(value) });
const seen = (request: number) => simulator.requests[request]?.request;

describe('programs of other frameworks', () => {
  test('the agentic tool loop of the Claude SDK', async () => {
    const printed = await run('claude-agentic-tool-loop.ts', [
      calls(
        ['get_weather', { location: 'San Francisco, CA', unit: 'fahrenheit' }],
        ['get_weather', { location: 'Oakland, CA', unit: 'fahrenheit' }],
      ),
      calls(['calculate', { expression: '59 - 59' }]),
      { text: 'Equally warm: 59 °F.', usage: { inputTokens: 300, outputTokens: 10 } },
    ]);
    expect(printed).toMatch(/calls get_weather .*San Francisco.*\n.*calls get_weather .*Oakland/);
    expect(printed).toMatch(/Equally warm: 59 °F.\nend_turn \d+ tokens in, \d+ out\n$/);
    expect(seen(0)).toMatchObject({ provider: 'anthropic', model: 'claude-sonnet-4-20250514' });
    expect(
      seen(1)
        ?.messages.filter(({ role }) => role === 'tool')
        .map(({ text }) => text),
    ).toEqual([expect.stringContaining('San Francisco'), expect.stringContaining('Oakland')]);
    expect(seen(2)?.messages.at(-1)?.text).toBe('0');
  });

  test('the bank support agent of PydanticAI', async () => {
    const printed = await run('pydantic-ai-bank-support.ts', [
      calls(['customer_name', {}], ['customer_balance', { include_pending: true }]),
      // A risk above ten is sent back, with what is wrong with it.
      json({ support_advice: 'Hello John, it is 123.45.', block_card: false, risk: 11 }),
      json({ support_advice: 'Hello John, it is 123.45.', block_card: false, risk: 1 }),
      json({ support_advice: 'Your card is blocked.', block_card: true, risk: 8 }),
    ]);
    expect(printed).toBe('Hello John, it is 123.45.\ncard blocked risk 8\n');
    expect(
      seen(1)
        ?.messages.filter(({ role }) => role === 'tool')
        .map(({ text }) => text),
    ).toEqual(['John', '123.45']);
    expect(seen(2)?.lastUserText).toContain('risk');
    expect(seen(0)?.responseFormat?.schema).toBeDefined();
  });

  test('the stateless to-do agent on OpenRouter', async () => {
    const printed = await run('openrouter-todo-agent.ts', [
      calls(['add_todo_task', { title: 'Buy groceries' }]),
      { text: 'Added: Buy groceries.' },
      { text: 'To buy groceries.' },
    ]);
    expect(printed).toBe('Added: Buy groceries.\nTo buy groceries.\n["Walk the dog","Buy groceries"]\n');
    expect(seen(0)).toMatchObject({ provider: 'openrouter', model: 'openai/gpt-4o' });
    expect(seen(2)?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  });

  test('the D&D agents that share a session', async () => {
    const printed = await run('dnd-shared-session.ts', [
      { text: 'A drowned empire.' },
      { text: 'Mira, its last diver.' },
      { text: 'Three islands in a ring.' },
    ]);
    expect(printed).toBe(
      'A drowned empire.\nMira, its last diver.\nThree islands in a ring.\n' +
        'user\ndnd-assistant\nuser\ncharacter-creator\nuser\nworld-builder\n',
    );
    expect(
      seen(2)
        ?.messages.map(({ text }) => text)
        .slice(1),
    ).toEqual([
      'Help me create a fantasy campaign setting',
      'A drowned empire.',
      'Who could be its hero?',
      'Mira, its last diver.',
      'Tell me about the geography of this world',
    ]);
  });
});
