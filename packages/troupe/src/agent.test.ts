import { describe, expect, test } from '@jest/globals';
import { answer, callTools, ScriptedModel } from '@troupe/testing';
import { defineTool as tool } from '@troupe/tools';
import { z } from 'zod';
import { Agent } from './agent.js';

const weather = tool({
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  parameters: z.object({ city: z.string() }),
  effect: 'read',
  execute: ({ city }) => `Sunny in ${city}`,
});

describe('Agent', () => {
  test('chats, streams and runs tools in process', async () => {
    const model = new ScriptedModel([
      callTools([{ name: 'get_weather', arguments: { city: 'London' } }]),
      answer('Sunny.'),
      answer('You are welcome!'),
    ]);
    const agent = new Agent({ name: 'Forecaster', role: 'You tell the weather.', model, tools: [weather] });
    expect(await agent.chat('How is London?')).toBe('Sunny.');
    expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([{ content: 'Sunny in London' }]);
    let streamed = '';
    for await (const chunk of agent.stream('Thanks')) streamed += chunk;
    expect(streamed).toBe('You are welcome!');
    model.assertDone();
  });

  test('finds shipped tools by name and keeps tasks of its user in memory', async () => {
    const model = new ScriptedModel([
      callTools([{ name: 'add_todo_task', arguments: { title: 'Buy milk' } }]),
      answer('Added.'),
      callTools([{ name: 'get_todo_tasks', arguments: {} }]),
      answer('Milk.'),
    ]);
    const agent = new Agent({
      role: 'You keep a list.',
      model,
      userId: 'ada',
      tools: ['add_todo_task', 'get_todo_tasks'],
    });
    await agent.chat('Milk!');
    agent.newThread();
    await agent.chat('What is on it?');
    expect(model.requests[3]?.messages.at(-1)?.content).toMatchObject([
      { content: expect.stringContaining('Buy milk') },
    ]);
  });

  test('takes the place of a persona', async () => {
    const model = new ScriptedModel([answer('Hello, dear.')]);
    const agent = new Agent({ persona: 'cherry', model });
    await agent.chat('Hi');
    expect(agent.name).toBe('Cherry');
    expect(agent.systemPrompt).toMatch(/^You are Cherry/);
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['current_time', 'search_thread']);
  });

  test('what is given holds before what the persona has', () => {
    const agent = new Agent({ persona: 'cherry', name: 'Berry', role: 'You are Berry.', model: new ScriptedModel() });
    expect([agent.name, agent.systemPrompt]).toEqual(['Berry', 'You are Berry.']);
  });

  test('a tool that takes too long is given up', async () => {
    const endless = tool({
      name: 'wait',
      description: 'Waits for ever.',
      parameters: z.object({}),
      timeoutMs: 20,
      execute: () => new Promise<never>(() => undefined),
    });
    const model = new ScriptedModel([callTools([{ name: 'wait', arguments: {} }]), answer('It hangs.')]);
    expect(await new Agent({ role: 'You wait.', model, tools: [endless] }).chat('Wait')).toBe('It hangs.');
    expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: expect.stringContaining('wait took longer than 20 ms') },
    ]);
  });

  test('a tool may return whatever has JSON: values of an interface, dates, nothing', async () => {
    interface Forecast {
      city: string;
      at: Date;
      warning?: string;
    }
    const forecast = tool({
      name: 'forecast',
      description: 'Forecasts.',
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }): Promise<Forecast> => ({ city, at: new Date(0), warning: undefined }),
    });
    const done: string[] = [];
    const note = tool({
      name: 'note',
      description: 'Notes something down.',
      parameters: z.object({ text: z.string() }),
      execute: ({ text }) => {
        done.push(text);
      },
    });
    const model = new ScriptedModel([
      callTools([
        { name: 'forecast', arguments: { city: 'Ghent' } },
        { name: 'note', arguments: { text: 'Ghent' } },
      ]),
      answer('Noted.'),
    ]);
    expect(await new Agent({ role: 'You help.', model, tools: [forecast, note] }).chat('Ghent?')).toBe('Noted.');
    expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      { status: 'completed', content: '{"city":"Ghent","at":"1970-01-01T00:00:00.000Z"}' },
      { status: 'completed', content: 'null' },
    ]);
    expect(done).toEqual(['Ghent']);
  });

  test('speaks with a provider by name, with its default model', async () => {
    const agent = new Agent({ role: 'You help.', provider: 'demo' });
    expect(await agent.chat('Hello')).toContain('demo');
  });

  test.each([
    [{ persona: 'chery', provider: 'demo' as const }, 'agent_not_found', 'Did you mean cherry?'],
    [{ role: 'x', provider: 'demo' as const, tools: ['calculat'] }, 'tool_not_found', 'Did you mean calculate?'],
    [{ role: 'x', provider: 'openai' as const }, 'provider_not_configured', 'Pass apiKey'],
    [{ provider: 'demo' as const }, 'invalid_request', 'needs a role or a definition'],
    [{ role: ' ', provider: 'demo' as const }, 'invalid_request', 'needs a role or a definition'],
    [{ role: 'x', provider: 'demo', tools: JSON.parse('{"calculate":true}') }, 'invalid_request', 'tools is a list'],
    [{ role: 'x', provider: 'demo', tools: JSON.parse('[{}]') }, 'invalid_request', 'tools[0] is no tool'],
  ])('%j is refused: %s', (options, code, message) => {
    const create = () => new Agent(options);
    expect(create).toThrow(expect.objectContaining({ code }));
    expect(create).toThrow(message);
  });
});
