import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(120_000);

const run = promisify(execFile);
const EXAMPLES = new URL('../../../examples/openai-clients/', import.meta.url);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  server.simulator.setRules([
    // What a model makes of a tool's result.
    {
      when: { endsWithToolResult: true },
      reply: ({ messages }) => ({ text: `It is so: ${messages.at(-1)?.text}` }),
    },
    {
      when: { lastUserTextIncludes: '6 times 7', hasTools: true },
      reply: { toolCalls: [{ name: 'calculate', arguments: { expression: '6 * 7' } }] },
    },
    {
      when: { lastUserTextIncludes: 'weather', hasTools: true },
      reply: { toolCalls: [{ name: 'get_weather', arguments: { city: 'Rome' } }] },
    },
  ]);
});
afterAll(() => server?.stop());

/** What an example prints, as a user would start it. */
async function outputOf(example: string): Promise<string> {
  const { stdout } = await run(process.execPath, [new URL(example, EXAMPLES).pathname], {
    timeout: 60_000,
    env: {
      ...process.env,
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
      BASE_URL: `${server.url}/v1`,
      API_KEY: server.key,
      MODEL: 'openai/gpt-4o-mini',
      EMBEDDING_MODEL: 'openai/text-embedding-3-small',
    },
  });
  return stdout;
}

test('the OpenAI SDK: a conversation, a tool of the client, vectors', async () => {
  const output = await outputOf('openai.ts');
  expect(output).toContain('agent/assistant');
  expect(output).toMatch(/^agent: .*42/m);
  expect(output).toMatch(/^agent, streamed: .*Mira/m);
  expect(output).toMatch(/^model: .*Sunny in /m);
  expect(output).toMatch(/^vectors: 1536, 1536$/m);
});

test('the OpenAI SDK over Responses: a conversation, a run in the background, a tool of the client', async () => {
  const output = await outputOf('responses.ts');
  expect(output).toMatch(/^agent: .*42/m);
  expect(output).toMatch(/^agent, streamed: .*Mira/m);
  expect(output).toMatch(/^in the background: .*time/m);
  expect(output).toMatch(/^model: .*Sunny in /m);
});

test.each(['ai-sdk.ts', 'langchain.ts'])('%s: an agent, a tool of the client, an object, vectors', async (example) => {
  const output = await outputOf(example);
  expect(output).toMatch(/^agent: .*42/m);
  expect(output).toMatch(/^model: .*Sunny in /m);
  expect(output).toMatch(/^object: \{ name: .*, age: .* \}$/m);
  expect(output).toMatch(/^vectors: 1536, 1536$/m);
});

test('what an agent calculated is no call for the client, and is told by its run', async () => {
  const body = { model: 'agent/assistant', messages: [{ role: 'user', content: 'What is 6 times 7?' }] };
  const response = await server.send('POST', '/v1/chat/completions', { body });
  const { choices } = (await response.json()) as { choices: { finish_reason: string; message: object }[] };
  expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringContaining('42') } });
  expect(choices[0]?.message).not.toHaveProperty('tool_calls');
  const events = await server.send('GET', `/api/runs/${response.headers.get('x-troupe-run')}/events`);
  expect(await events.text()).toMatch(/event: tool_call\.completed/);
});
