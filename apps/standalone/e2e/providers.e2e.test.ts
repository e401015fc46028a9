import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { RecordedRequest } from '@troupe/testing';
import { eventsOf, follow } from './follow.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

interface ProviderCase {
  id: RecordedRequest['provider'];
  model: string;
  path: string;
  /** What only this provider's wire format has. */
  expectFormat(request: RecordedRequest): void;
  /** Where the format puts the result of a tool. */
  toolResult: unknown;
}

const providers: ProviderCase[] = [
  {
    id: 'openai',
    model: 'openai/gpt-4o-mini',
    path: '/v1/chat/completions',
    expectFormat: ({ headers, body }) => {
      expect(headers.authorization).toBe('Bearer sk-openai');
      expect(body).toMatchObject({
        model: 'gpt-4o-mini',
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: expect.stringMatching(/^(system|developer)$/) }, { role: 'user' }],
        tools: expect.arrayContaining([
          expect.objectContaining({ type: 'function', function: expect.objectContaining({ name: 'calculate' }) }),
        ]),
      });
    },
    toolResult: expect.objectContaining({ role: 'tool', tool_call_id: expect.any(String), content: '84' }),
  },
  {
    id: 'anthropic',
    model: 'anthropic/claude-sonnet-4',
    path: '/v1/messages',
    expectFormat: ({ headers, body }) => {
      expect(headers).toMatchObject({ 'x-api-key': 'sk-ant', 'anthropic-version': expect.any(String) });
      expect(body).toMatchObject({
        model: 'claude-sonnet-4',
        stream: true,
        max_tokens: expect.any(Number),
        system: expect.anything(),
        messages: [{ role: 'user' }],
        tools: expect.arrayContaining([
          expect.objectContaining({ name: 'calculate', input_schema: expect.any(Object) }),
        ]),
      });
    },
    toolResult: expect.objectContaining({
      role: 'user',
      content: [expect.objectContaining({ type: 'tool_result', tool_use_id: expect.any(String) })],
    }),
  },
  {
    id: 'openrouter',
    model: 'openrouter/anthropic/claude-sonnet-4',
    path: '/api/v1/chat/completions',
    expectFormat: ({ headers, body }) => {
      expect(headers).toMatchObject({
        authorization: 'Bearer sk-or',
        'http-referer': 'https://app.example.com',
        'x-openrouter-title': 'Acme',
      });
      expect(body).toMatchObject({ model: 'anthropic/claude-sonnet-4', stream: true });
    },
    // In parts, because the last of them is marked for the cache.
    toolResult: expect.objectContaining({
      role: 'tool',
      tool_call_id: expect.any(String),
      content: [expect.objectContaining({ type: 'text', text: '84' })],
    }),
  },
  {
    id: 'ollama',
    model: 'ollama/llama3.1',
    path: '/api/chat',
    expectFormat: ({ body }) => {
      expect(body).toMatchObject({
        model: 'llama3.1',
        stream: true,
        messages: [{ role: 'system' }, { role: 'user' }],
        tools: expect.arrayContaining([
          expect.objectContaining({ type: 'function', function: expect.objectContaining({ name: 'calculate' }) }),
        ]),
      });
    },
    toolResult: expect.objectContaining({ role: 'tool', tool_name: 'calculate', content: '84' }),
  },
];

describe('every provider, over its own wire format', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ args: ['--split', '--llm-workers', '2', '--tool-workers', '1'] });
  });

  afterAll(() => server.stop());

  beforeEach(() => server.simulator.reset());

  /** The calls of runs, without those for titles and facts, which do not stream. */
  const turns = () => server.simulator.requests.filter(({ request }) => request?.stream);

  describe.each(providers)('$id', ({ id, model, path, expectFormat, toolResult }) => {
    test('streams, and records what the call used', async () => {
      const run = await follow(server.client.interactStream({ message: `Good evening, ${id}.`, model }));

      expect(run).toMatchObject({
        status: 'completed',
        text: `You said: "Good evening, ${id}.". I see 1 message of yours.`,
      });
      const [call, ...others] = turns();
      expect(others).toEqual([]);
      expect(call).toMatchObject({ provider: id, path, outcome: 'completed' });
      if (call) expectFormat(call);
      expect(run.usage).toMatchObject({
        input_tokens: call?.usage?.inputTokens,
        output_tokens: call?.usage?.outputTokens,
      });
      expect((await server.client.runs.get(run.runId)).run).toMatchObject({
        model,
        status: 'completed',
        usage: run.usage,
      });
    });

    test('a waiting caller gets the same answer', async () => {
      const answer = await server.client.interact({ message: `Good evening, ${id}.`, model });

      expect(answer).toMatchObject({
        status: 'completed',
        stop_reason: 'end_turn',
        response: `You said: "Good evening, ${id}.". I see 1 message of yours.`,
        model,
        usage: { input_tokens: turns()[0]?.usage?.inputTokens },
      });
    });

    test('calls a tool and reads its result', async () => {
      const run = await follow(server.client.interactStream({ message: 'What is 12 * (3 + 4)?', model }));

      expect(run).toMatchObject({ status: 'completed', text: 'The tool calculate answered: 84' });
      expect(eventsOf(run.events, 'tool_call.requested')).toMatchObject([
        { name: 'calculate', arguments: { expression: '12 * (3 + 4)' } },
      ]);
      expect(eventsOf(run.events, 'tool_call.completed')).toMatchObject([
        { name: 'calculate', status: 'completed', result: '84' },
      ]);
      const { data: steps } = await server.client.runs.steps(run.runId);
      expect(steps.map(({ kind }) => kind)).toEqual(['model', 'tools', 'model']);
      const [first, second] = turns();
      expect(second?.body).toMatchObject({ messages: expect.arrayContaining([toolResult]) });
      const sum = (first?.usage?.inputTokens ?? 0) + (second?.usage?.inputTokens ?? 0);
      expect(run.usage?.input_tokens).toBe(sum);
    });

    test('is called directly, waited for and streamed', async () => {
      const call = { messages: [{ role: 'user' as const, content: 'Say it.' }], model };
      const answer = await server.client.direct(call);

      expect(answer).toMatchObject({
        message: { role: 'assistant', content: 'You said: "Say it.". I see 1 message of yours.' },
        model,
        stop_reason: 'end_turn',
        usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
      });
      let text = '';
      for await (const event of server.client.directStream(call)) {
        if (event.type === 'text.delta') text += event.data.delta;
      }
      expect(text).toBe(answer.message.content);
    });
  });

  test('reasoning and cached tokens are told apart', async () => {
    server.simulator.setRules([
      {
        when: { stream: true },
        reply: { text: 'Yes.', reasoning: 'hm hm', usage: { inputTokens: 100, cachedTokens: 64, outputTokens: 12 } },
      },
    ]);
    const run = await follow(server.client.interactStream({ message: 'Think.', model: 'anthropic/claude-sonnet-4' }));

    expect(run).toMatchObject({ text: 'Yes.', reasoning: 'hm hm', status: 'completed' });
    expect(run.usage).toMatchObject({ input_tokens: 100, cached_input_tokens: 64, output_tokens: 12 });
  });
});
