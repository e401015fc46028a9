import { describe, expect, test } from '@jest/globals';
import type { ModelMessage, ModelTool, ToolChoice } from '@troupe/spec';
import type { ConformanceBench } from './model-under-test.js';
import { ask, completedResponse, modes, observeStream, userRequest } from './observe-model.js';

const calculate: ModelTool = {
  name: 'calculate',
  description: 'Calculates.',
  parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
};
const currentTime: ModelTool = {
  name: 'current_time',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: { timezone: { type: 'string' } } },
};
const tools = [calculate, currentTime];

export function describeToolCalls(bench: ConformanceBench): void {
  const { abilities } = bench;

  describe.each(modes)('tool calls (%s)', (mode) => {
    test('several in parallel, in order, after the text', async () => {
      const long = { expression: `${'1+'.repeat(60)}1 "quoted" ü🎭` };
      bench.simulator.script({
        text: 'Let me see.',
        toolCalls: [
          { name: 'calculate', arguments: long },
          { name: 'current_time', arguments: { timezone: 'Europe/Berlin' } },
          { name: 'calculate', arguments: { expression: '2*3' } },
        ],
      });
      const { content, finish } = await ask(mode, bench.model(), userRequest('Do all that', { tools }));
      expect(content).toEqual([
        { type: 'text', text: 'Let me see.' },
        { type: 'tool_call', id: expect.any(String), name: 'calculate', arguments: long },
        { type: 'tool_call', id: expect.any(String), name: 'current_time', arguments: { timezone: 'Europe/Berlin' } },
        { type: 'tool_call', id: expect.any(String), name: 'calculate', arguments: { expression: '2*3' } },
      ]);
      expect(finish.reason).toBe('tool_calls');
      const ids = content.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []));
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{4,64}$/);
    });

    test('a call without arguments has an empty object', async () => {
      bench.simulator.script({ toolCalls: [{ name: 'current_time', arguments: {} }] });
      const { content } = await ask(mode, bench.model(), userRequest('Time?', { tools }));
      expect(content).toEqual([{ type: 'tool_call', id: expect.any(String), name: 'current_time', arguments: {} }]);
    });

    test.each(['{"expression": 1+', '[1,2]'])('arguments that are no object (%s) are kept as text', async (text) => {
      bench.simulator.script({ toolCalls: [{ name: 'calculate', arguments: text }] });
      const { content } = await ask(mode, bench.model(), userRequest('Hello', { tools }));
      expect(content).toEqual([
        { type: 'tool_call', id: expect.any(String), name: 'calculate', arguments: {}, invalid_arguments: text },
      ]);
    });

    test('results go back paired with their calls, and the model goes on', async () => {
      const messages: ModelMessage[] = [
        ...userRequest('What is 2+2, and what time is it?').messages,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_call', id: 'call_one', name: 'calculate', arguments: { expression: '2+2' } },
            { type: 'tool_call', id: 'call_two', name: 'current_time', arguments: {} },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool_result', tool_call_id: 'call_one', name: 'calculate', status: 'completed', content: '4' },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool_result',
              tool_call_id: 'call_two',
              name: 'current_time',
              status: 'failed',
              content: 'No clock.',
            },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Well?' }] },
      ];
      bench.simulator.script({ text: 'Four.' });
      const { content } = await ask(mode, bench.model(), { messages, tools });
      expect(content).toEqual([{ type: 'text', text: 'Four.' }]);
      const received = bench.simulator.requests.at(-1)?.request?.messages ?? [];
      expect(received.map(({ role, text }) => [role, text])).toEqual([
        ['user', 'What is 2+2, and what time is it?'],
        ['assistant', 'Let me see.'],
        ['tool', '4'],
        ['tool', 'No clock.'],
        ['user', 'Well?'],
      ]);
      expect(received[1]?.toolCalls).toEqual([
        { id: 'call_one', name: 'calculate', arguments: { expression: '2+2' } },
        { id: 'call_two', name: 'current_time', arguments: {} },
      ]);
      expect(received.slice(2, 4).map(({ toolCallId }) => toolCallId)).toEqual(['call_one', 'call_two']);
      if (abilities.marksFailedResults) expect(received[3]?.isError).toBe(true);
    });

    test('the ids that were given are the ones that go back', async () => {
      bench.simulator.script({ toolCalls: [{ name: 'calculate', arguments: { expression: '1' } }] });
      const { content } = await ask(mode, bench.model(), userRequest('One?', { tools }));
      const [call] = content;
      if (call?.type !== 'tool_call') throw new Error('no call');
      const result = {
        type: 'tool_result',
        tool_call_id: call.id,
        name: 'calculate',
        status: 'completed',
        content: '1',
      } as const;
      const messages: ModelMessage[] = [
        ...userRequest('One?').messages,
        { role: 'assistant', content },
        { role: 'tool', content: [result] },
      ];
      // The simulator refuses pairs that do not match, as the vendors do.
      await expect(ask(mode, bench.model(), { messages, tools })).resolves.toMatchObject({
        finish: { reason: 'stop' },
      });
    });

    test('tools are described in full', async () => {
      await ask(mode, bench.model(), userRequest('Hello', { tools }));
      expect(bench.simulator.requests.at(-1)?.request?.tools).toEqual(tools);
    });
  });

  test('a streamed call is told when it starts and as its arguments grow', async () => {
    const args = { expression: '1 + 2 + 3 + 4 + 5 + 6' };
    bench.simulator.script({
      toolCalls: [
        { name: 'calculate', arguments: args },
        { name: 'current_time', arguments: { timezone: 'UTC' } },
      ],
    });
    const observed = await observeStream(bench.model(), userRequest('Hello', { tools }));
    const { content } = completedResponse(observed);
    const started = observed.events.filter((event) => event.type === 'tool_call.started');
    expect(started.map(({ index, id, name }) => [index, id, name])).toEqual(
      content.map((part, index) => (part.type === 'tool_call' ? [index, part.id, part.name] : [])),
    );
    const texts = ['', ''];
    for (const event of observed.events) {
      if (event.type === 'tool_call.delta') texts[event.index] += event.delta;
    }
    expect(texts.map((text) => JSON.parse(text))).toEqual([args, { timezone: 'UTC' }]);
  });

  const choices: ToolChoice[] = ['auto', 'none', 'required', { name: 'calculate' }];
  test.each(choices)('the tool choice %j is sent', async (toolChoice) => {
    bench.simulator.script({ text: 'Hello' });
    await bench.model().generate(userRequest('Hello', { tools, toolChoice }));
    const received = bench.simulator.requests.at(-1)?.request;
    if (abilities.hasToolChoice) {
      expect(received?.toolChoice).toEqual(toolChoice);
      return;
    }
    // Without a word for it, what may not be called is not offered.
    const offered = toolChoice === 'none' ? [] : typeof toolChoice === 'object' ? [calculate] : tools;
    expect(received?.tools).toEqual(offered);
  });
}
