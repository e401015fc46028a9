import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LlmSimulator, type SimulatedReply, startLlmSimulator } from '@troupe/testing';

const readme = readFileSync(new URL('../../packages/troupe/README.md', import.meta.url), 'utf8');
const files = readdirSync(import.meta.dirname).filter((file) => /^(?!.*\.test\.ts$).*\.(ts|yaml)$/.test(file));
const snippets = [...readme.matchAll(/<!-- (?<file>\S+) -->\n+```\w+\n(?<code>.*?)```/gs)].map(({ groups }) => ({
  file: groups?.file ?? '',
  code: groups?.code ?? '',
}));

let simulator: LlmSimulator;

beforeAll(async () => {
  simulator = await startLlmSimulator({ apiKey: 'key' });
  process.env.OPENAI_API_KEY = 'key';
  process.env.OPENAI_BASE_URL = simulator.baseUrls.openai;
  process.env.ANTHROPIC_API_KEY = 'key';
  process.env.ANTHROPIC_BASE_URL = simulator.baseUrls.anthropic;
});

afterAll(() => simulator.close());

afterEach(() => {
  simulator.reset();
  jest.restoreAllMocks();
});

/** Runs a program as `node <file>` would, and gives what it prints. */
async function run(file: string, replies: SimulatedReply[] = []): Promise<string> {
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
  return printed.join('');
}

const calls = (name: string, args: Record<string, unknown>): SimulatedReply => ({
  toolCalls: [{ name, arguments: args }],
});

/** What a judge says of a text. */
const verdict = (text: string): SimulatedReply => ({
  text: JSON.stringify({ reason: '', violates: text.includes('obey me') }),
});

const lastToolText = () => simulator.requests.at(-1)?.request?.messages.at(-1)?.text;

describe('the README of the library', () => {
  test('shows every program of this folder, as it is', () => {
    expect(snippets.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { file, code } of snippets) {
      expect(code).toBe(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'));
    }
    // No other code than that.
    expect(readme.match(/^```\w+$/gm)).toHaveLength(snippets.length);
  });

  test('quick-start.ts', async () => {
    const printed = await run('quick-start.ts', [{ text: 'Hello!' }, { text: 'There is more.' }, { text: 'Else.' }]);
    expect(printed).toBe('Hello!\nThere is more.\nElse.\nYou help users with their questions.\n');
    expect(simulator.requests.map(({ request }) => request?.messages.length)).toEqual([2, 4, 2]);
  });

  test('streaming.ts', async () => {
    const printed = await run('streaming.ts', [{ text: 'Once upon a time.' }, { text: 'Twice.' }]);
    expect(printed).toMatch(
      /^Once upon a time\.run\.started\nstep\.started\n(text\.delta\n)+usage\.recorded\n.*end_turn \d+\n$/s,
    );
  });

  test('errors.ts: a wrong key says where it was passed', async () => {
    const printed = await run('errors.ts');
    expect(printed).toMatch(/^provider_authentication_failed false\nOpenAI refused the key .* in apiKey, .*\n$/);
  });

  test('kept-messages.ts', async () => {
    const file = new URL('./conversation.json', import.meta.url);
    try {
      expect(await run('kept-messages.ts')).toMatch(/Mira/);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(2);
    } finally {
      rmSync(file, { force: true });
    }
  });

  test('definition.ts', async () => {
    const printed = await run('definition.ts');
    expect(printed).toMatch(/^You are a property management assistant.*# Goal.*# Personality.*- Tone: friendly/s);
  });

  test('templates.ts and concierge.yaml', async () => {
    expect((await run('templates.ts')).split('\n')).toEqual([
      expect.stringMatching(/^You are Helper, /),
      'You are a property management assistant for hosts of holiday lets.',
      'You are DocBot, an assistant who answers questions from the handbook.',
      'You are the concierge of a small hotel.',
      '',
    ]);
  });

  test('agent-file.ts and cashier.yaml', async () => {
    const printed = await run('agent-file.ts', [
      calls('calculate', { expression: '40 + 20' }),
      calls('refund_payment', { euros: 60 }),
      { text: 'You get 60 euros back.' },
    ]);
    expect(printed).toBe('refund_payment May this be paid back?\nYou get 60 euros back.\n');
    expect(lastToolText()).toBe('60 euros were paid back.');
    expect(simulator.requests[0]?.request).toMatchObject({ provider: 'openai', model: 'gpt-4.1-mini' });
    expect(simulator.requests[0]?.body).toMatchObject({ temperature: 0 });
  });

  test('providers.ts: the fallback answers where the first cannot', async () => {
    simulator.setRules([
      { when: { model: 'gpt-4.1' }, reply: { status: 401 } },
      { when: { model: 'gpt-4.1-mini' }, reply: { status: 404, errorCode: 'model_not_found' } },
      { when: { provider: 'anthropic' }, reply: { text: 'Here I am.' } },
    ]);
    expect(await run('providers.ts')).toBe('["Here I am.","Here I am."]\n');
  });

  test('memory-strategies.ts', async () => {
    expect(await run('memory-strategies.ts')).toBe(
      'last_n true\nfirst_last true\ntoken_window true\nsummary_window true\n',
    );
  });

  test('threads.ts', async () => {
    expect(await run('threads.ts')).toBe('1\n4 2\n2 true\ntrue\nthread_not_found\n');
  });

  test('user-memory.ts', async () => {
    const printed = await run('user-memory.ts', [
      { text: 'Hello Phil!' },
      { text: '{"facts":[{"key":"name","value":"Phil","category":"identity"}]}' },
    ]);
    expect(printed).toBe('Europe/London\nHello Phil!\nname: Phil\nstyle: concise\ntimezone: Europe/London\n');
    expect(simulator.requests[0]?.request?.messages[0]?.text).toContain('"timezone": "Europe/London"');
  });

  test('agent-runner.ts: the judge keeps the injection from the model', async () => {
    simulator.setRules([
      { when: { provider: 'openai' }, reply: ({ messages }) => verdict(messages.at(-1)?.text ?? '') },
      { when: { lastUserTextIncludes: 'more' }, reply: { text: 'There is more.' } },
      { when: { lastUserTextIncludes: 'hello' }, reply: { text: 'Hello.' } },
    ]);
    expect(await run('agent-runner.ts')).toBe('Hello. end_turn\nThere is more.\nguardrail\n');
  });

  test('tools.ts', async () => {
    expect(await run('tools.ts', [calls('get_weather', { city: 'London' }), { text: 'Sunny.' }])).toBe('Sunny.\n');
    expect(lastToolText()).toBe('Sunny in London, 22 °C');
    expect(simulator.requests[0]?.request?.tools.map(({ name }) => name)).toEqual(['get_weather', 'calculate']);
  });

  test('tools-in-classes.ts', async () => {
    const replies = [
      calls('get_weather', { city: 'London' }),
      calls('count_words', { text: 'a b c' }),
      { text: 'Sunny.' },
    ];
    expect(await run('tools-in-classes.ts', replies)).toBe('["get_weather","get_sunset","count_words"]\nSunny.\n');
    expect(lastToolText()).toBe('3');
  });

  test('dependencies.ts', async () => {
    const printed = await run('dependencies.ts', [calls('customer_balance', {}), { text: 'It is 123.45 €.' }]);
    expect(printed).toBe('customer_balance is at work\nIt is 123.45 €.\n');
    expect(lastToolText()).toBe('123.45');
  });

  test('approvals.ts', async () => {
    const printed = await run('approvals.ts', [calls('refund_payment', { euros: 80 }), { text: 'Take a voucher.' }]);
    expect(printed).toBe('asked: refund_payment {"euros":80}\nTake a voucher.\n');
    expect(lastToolText()).toContain('Not run: it was not approved. Offer a voucher instead.');
  });

  test('run-limits.ts', async () => {
    const printed = await run('run-limits.ts', [
      calls('find_table', { people: 2 }),
      calls('book_table', { table: 'table 4' }),
      calls('find_table', { people: 10 }),
      { text: 'We have none for ten.' },
    ]);
    expect(printed).toBe('stop_tool table 4 is yours at eight.\nend_turn We have none for ten.\n');
    const choices = simulator.requests.map(({ body }) => (body as { tool_choice?: unknown }).tool_choice);
    expect(choices).toEqual([{ type: 'function', function: { name: 'find_table' } }, undefined, undefined, 'none']);
  });

  test('library-quick-start.ts: a game master rolls dice', async () => {
    const printed = await run('../library-quick-start.ts', [
      calls('roll_dice', { count: 2, sides: 20 }),
      { text: 'The lock gives way.' },
      { text: 'Dust, and a lamp.' },
    ]);
    expect(printed).toMatch(/^The lock gives way\.\nDust, and a lamp\.\nYou lead a short Dungeons/);
    const [, second, third] = simulator.requests.map(({ request }) => request?.messages.map(({ text }) => text) ?? []);
    expect(JSON.parse(second?.at(-1) ?? '')).toEqual([expect.any(Number), expect.any(Number)]);
    expect(third).toContain('The lock gives way.');
  });

  test('rate-limiter.ts', async () => {
    expect(await run('rate-limiter.ts')).toMatch(/^\{"rpm":\d+,"tpm":\d+\}\n$/);
  });

  test('job-queue.ts', async () => {
    expect(await run('job-queue.ts')).toMatch(/^pending\n.*"status":"completed".*"summary":"What happened in abc"/s);
  });
});
