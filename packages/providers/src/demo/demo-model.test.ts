import { expect, test } from '@jest/globals';
import type { ModelEvent, ModelRequest } from '@troupe/spec';
import { DemoModel } from './demo-model.js';

const model = new DemoModel({ id: 'demo/demo', wordDelayMs: 5 });
const tools = [
  { name: 'calculate', description: '', parameters: {} },
  { name: 'current_time', description: '', parameters: {} },
];

async function read(request: ModelRequest): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request)) events.push(event);
  return events;
}

test('text comes word by word, with time between', async () => {
  const startedAt = Date.now();
  const events = await read({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] });
  const deltas = events.filter(({ type }) => type === 'text.delta');
  expect(deltas.length).toBeGreaterThan(20);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(deltas.length * 4);
});

test('several calls are told like those of any model', async () => {
  const text = 'What is 2+2, and what time is it?';
  const events = await read({ messages: [{ role: 'user', content: [{ type: 'text', text }] }], tools });
  expect(events.slice(0, 4)).toEqual([
    { type: 'tool_call.started', index: 0, id: expect.any(String), name: 'calculate' },
    { type: 'tool_call.delta', index: 0, delta: '{"expression":"2+2"}' },
    { type: 'tool_call.started', index: 1, id: expect.any(String), name: 'current_time' },
    { type: 'tool_call.delta', index: 1, delta: '{}' },
  ]);
  expect(events[4]).toMatchObject({
    type: 'completed',
    response: { finish: { reason: 'tool_calls' }, usage: { estimated: true, cost: 0 } },
  });
  expect(events).toHaveLength(5);
});

test('a constraint that it cannot keep is refused', async () => {
  const request: ModelRequest = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    outputConstraint: { type: 'choice', choices: ['yes', 'no'] },
  };
  const refused = { code: 'provider_invalid_request', fault: 'caller' };
  await expect(model.generate(request)).rejects.toMatchObject(refused);
  await expect(read(request)).rejects.toMatchObject(refused);
});
