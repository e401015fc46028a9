import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LlmSimulator, type SimulatedReply, startLlmSimulator } from '@troupe/testing';

let simulator: LlmSimulator;

beforeAll(async () => {
  simulator = await startLlmSimulator({ apiKey: 'key' });
  process.env.OPENAI_API_KEY = 'key';
  process.env.OPENAI_BASE_URL = simulator.baseUrls.openai;
});

afterAll(() => simulator.close());

afterEach(() => {
  simulator.reset();
  jest.restoreAllMocks();
});

/** Each agent answers by its prompt, one reply after another: agents that work at once ask in any order. */
function rehearse(parts: Record<string, SimulatedReply[]>): void {
  simulator.setRules(
    Object.entries(parts).flatMap(([prompt, replies]) =>
      replies.map((reply) => ({
        when: ({ messages }: { messages: { role: string; text: string }[] }) =>
          messages.some(({ role, text }) => role === 'system' && text.includes(prompt)),
        reply,
        times: 1,
      })),
    ),
  );
}

async function run(file: string): Promise<string[]> {
  const printed: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((...values) => {
    printed.push(values.map(String).join(' '));
  });
  await import(`./${file}`);
  return printed;
}

const json = (value: unknown): SimulatedReply => ({ text: JSON.stringify(value) });
const call = (name: string, args: Record<string, unknown>): SimulatedReply => ({
  toolCalls: [{ name, arguments: args }],
});

describe('programs of agents that work together', () => {
  test('the triage of the OpenAI Agents SDK', async () => {
    const school = json({ is_homework: true, reasoning: 'School.' });
    rehearse({
      'if it is about homework': [school, school, json({ is_homework: false, reasoning: 'Philosophy.' })],
      'which agent to use': [
        call('transfer_to_history_tutor', {}),
        call('transfer_to_math_tutor', { topic: 'products' }),
        { text: 'Forty-two.' },
      ],
      'historical questions': [{ text: 'George Washington.' }],
      'math problems': [{ text: '3995' }, { text: '4012' }],
    });
    expect(await run('openai-triage-handoffs.ts')).toEqual([
      'History Tutor: George Washington.',
      '(math, about products)',
      'Math Tutor: 3995',
      'Math Tutor: 4012',
      'Triage Agent: I only help with homework.',
    ]);
    const math = simulator.requests.filter(({ request }) => request?.messages[0]?.text.includes('math problems'));
    expect(math[0]?.request?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  });

  test('the team of Agno', async () => {
    rehearse({
      'look up prices': [
        call('stock_price', { symbol: 'NVDA' }),
        { text: '181.50 US dollars.' },
        { text: 'It is 181.50.' },
        { text: '181.50 again.' },
      ],
      'tell the news': [{ text: 'New chips.' }, { text: 'Newer chips.' }, { text: 'No news.' }],
      'one short report': [
        { text: 'New chips at 181.50.' },
        { text: 'Newer chips at 181.50.' },
        { text: 'Nothing is new.' },
      ],
      'You classify texts': [json({ value: 'Finance Agent' })],
      'with what others find': [call('ask_newsroom', { input: 'NVDA?' }), { text: 'Newer chips, same price.' }],
    });
    const printed = await run('agno-team.ts');
    expect(printed.slice(0, 3).sort()).toEqual([
      'Editor: completed',
      'Finance Agent: completed',
      'Web Agent: completed',
    ]);
    expect(printed.slice(3)).toEqual([
      expect.stringMatching(/^New chips at 181.50. \(\d+ tokens\)$/),
      'Finance Agent: It is 181.50.',
      'Newer chips, same price.',
      'Nothing is new.',
    ]);
  });
});
